/**
 * Runs the Workers on wrangler's simulators until SIGTERM. The hub listens at the address itself, without a development
 * proxy and so without the proxy's helpers under /cdn-cgi. Bundles come from the cache.
 */

import { join } from "node:path";
import type { Miniflare, V4WorkerOptions } from "miniflare";
import { messageOf } from "../../shared/lib/error-reason.ts";
import { printable } from "../../shared/lib/printable.ts";
import { bundleWorkers, modulesIn, root, workerConfigs } from "./bundles.ts";
import { importMiniflare } from "./faster-miniflare.ts";
import { applyMigrations } from "./migrations.ts";
import { fireRequest, type RuntimeEvent, type RuntimeSettings, runtimeVariable } from "./runtime-settings.ts";
import { sourcePlaces } from "./source-places.ts";
import { type LocalWorker, workerOptions } from "./worker-options.ts";

// Other users must not read what the simulators store.
process.umask(0o077);
// Without the supervisor no process would end this one and workerd, which is in its process group.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));

const { state, port, inspectorPort, variables, predictVariables }: RuntimeSettings = JSON.parse(
  process.env[runtimeVariable] ?? "null",
);
let withSourcePlaces = (text: string) => text;
let during: "start" | "migrations" = "start";
try {
  // Before wrangler, which loads miniflare too.
  const simulators = await importMiniflare();
  const bundles = await bundleWorkers();
  withSourcePlaces = sourcePlaces(bundles, root);
  const workers = await Promise.all(
    workerConfigs.map((config, at) => workerOptions(join(root, config), bundles[at] ?? "")),
  );
  const [hub] = workers;
  if (hub === undefined) throw new Error("there is no hub");
  const miniflare = start(
    simulators,
    workers.map((worker, at) => withModules(worker, bundles[at] ?? "", at)),
  );
  await miniflare.ready;
  during = "migrations";
  await applyMigrations(await miniflare.getD1Database("DB", hub.name), join(root, "migrations"));
  const direct = await miniflare.unsafeGetDirectURL(hub.name);
  send({ event: "ready", port: Number(direct.port), crons: [...hub.crons] });
  process.on("message", (message) => void fire(miniflare, hub.name, message));
} catch (error) {
  console.error(error);
  send({ event: "failed", during, reason: messageInOneLine(error) }, () => process.exit(1));
}

function start(simulators: typeof import("miniflare"), workers: V4WorkerOptions[]): Miniflare {
  const { convertV4MiniflareOptions, Log, LogLevel } = simulators;
  const miniflare = new simulators.Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      // miniflare needs this route of the development proxy. It answers there only with its own secret.
      port: 0,
      ...(inspectorPort !== null && { inspectorPort }),
      // Otherwise miniflare downloads the location data of `request.cf`.
      cf: false,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      handleStructuredLogs: ({ timestamp, level, message }) => {
        if (level === "error" || level === "warn")
          console.error(printable(`${new Date(timestamp).toISOString()} ${level} ${withSourcePlaces(message)}`));
      },
      // End the platform: simulated Workflows do not resume by themselves. The next start resumes them.
      unsafeHandleRuntimeRestart: () => {
        console.error(`${new Date().toISOString()} error workerd crashed`);
        void end(miniflare, 1);
      },
      // The folder that `wrangler … --persist-to` uses.
      resourcePersistencePath: join(state, "v3"),
      workers,
    }),
  );
  process.on("SIGTERM", () => void end(miniflare, 0));
  return miniflare;
}

/** Fires a cron trigger of the hub and reports how it ended. */
async function fire(miniflare: Miniflare, hubName: string, message: unknown): Promise<void> {
  const { data: request } = fireRequest.safeParse(message);
  if (request === undefined) return;
  const { fire: id, cron, timeMs } = request;
  try {
    const hub = await miniflare.getWorker(hubName);
    const { outcome } = await hub.scheduled({ cron, scheduledTime: new Date(timeMs) });
    send({ event: "fired", id, error: outcome === "ok" ? null : `its outcome is ${outcome}` });
  } catch (error) {
    send({ event: "fired", id, error: messageInOneLine(error) });
  }
}

async function end(miniflare: Miniflare, code: number): Promise<void> {
  await miniflare.dispose().catch(() => {});
  process.exit(code);
}

function send(event: RuntimeEvent, onSent = () => {}): void {
  process.send?.(event, onSent);
}

/** Returns the message of the error in one line; of workerd's output only the uncaught exception. */
function messageInOneLine(error: unknown): string {
  const text = messageOf(error);
  const uncaught = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return withSourcePlaces(uncaught === undefined ? text : String(JSON.parse(`"${uncaught}"`)))
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
}

/** Adds the modules and variables of a Worker. Only the hub, the first one, gets the port. */
function withModules({ name, options }: LocalWorker, bundle: string, at: number): V4WorkerOptions {
  const [isHub, isPredict] = [at === 0, at === 1];
  const bindings = { ...options.bindings, ...(isHub && variables), ...(isPredict && predictVariables) };
  const sockets = isHub ? { unsafeDirectSockets: [{ host: "127.0.0.1", port }] } : {};
  return { ...options, name, bindings, ...sockets, modulesRoot: bundle, modules: modulesIn(bundle) };
}
