/**
 * Runs the Workers on wrangler's simulators until SIGTERM. The hub listens at the address itself, without a development
 * proxy and so without the proxy's helpers under /cdn-cgi. Bundles come from the cache.
 */
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { printable } from "../../shared/lib/printable.ts";
import { bundleWorkers, modulesIn, root, workerConfigs } from "./bundles.ts";
import { applyMigrations } from "./migrations.ts";
import { fireRequest, type RuntimeEvent, type RuntimeSettings, runtimeVariable } from "./runtime-settings.ts";
import { sourcePlaces } from "./source-places.ts";

// Other users must not read what the simulators store.
process.umask(0o077);
// Without the supervisor no process would end this one and workerd, which is in its process group.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));

const { state, port, inspectorPort, variables, predictVariables }: RuntimeSettings = JSON.parse(
  process.env[runtimeVariable] ?? "null",
);
const { name: hubName = "", triggers } = unstable_readConfig({ config: join(root, workerConfigs[0]) });
let withSourcePlaces = (text: string) => text;
let during: "start" | "migrations" = "start";
try {
  const miniflare = await start();
  await miniflare.ready;
  during = "migrations";
  await applyMigrations(await miniflare.getD1Database("DB", hubName), join(root, "migrations"));
  const port = Number((await miniflare.unsafeGetDirectURL(hubName)).port);
  send({ event: "ready", port, crons: triggers.crons ?? [] });
  process.on("message", (message) => void fire(miniflare, message));
} catch (error) {
  console.error(error);
  send({ event: "failed", during, reason: reasonOf(error) }, () => process.exit(1));
}

async function start(): Promise<Miniflare> {
  const bundles = await bundleWorkers();
  withSourcePlaces = sourcePlaces(bundles, root);
  const miniflare = new Miniflare(
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
      workers: workerConfigs.map((config, at) => workerOf(config, bundles[at] ?? "")),
    }),
  );
  process.on("SIGTERM", () => void end(miniflare, 0));
  return miniflare;
}

/** Fires a cron trigger of the hub and reports how it ended. */
async function fire(miniflare: Miniflare, message: unknown): Promise<void> {
  const { data: request } = fireRequest.safeParse(message);
  if (request === undefined) return;
  const { fire: id, cron, timeMs } = request;
  try {
    const hub = await miniflare.getWorker(hubName);
    const { outcome } = await hub.scheduled({ cron, scheduledTime: new Date(timeMs) });
    send({ event: "fired", id, error: outcome === "ok" ? null : `its outcome is ${outcome}` });
  } catch (error) {
    send({ event: "fired", id, error: reasonOf(error) });
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
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const uncaught = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return withSourcePlaces(uncaught === undefined ? text : String(JSON.parse(`"${uncaught}"`)))
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
}

/** Returns the options of one Worker. Only the hub, the first one, gets the port. */
function workerOf(config: string, bundle: string): V4WorkerOptions {
  const file = join(root, config);
  // wrangler's declarations lose the types of the options and the name.
  const options = unstable_getMiniflareWorkerOptions(file).workerOptions as V4WorkerOptions;
  const name = String(unstable_readConfig({ config: file }).name);
  const isHub = config === workerConfigs[0];
  const isPredict = config === workerConfigs[1];
  const bindings = { ...options.bindings, ...(isHub && variables), ...(isPredict && predictVariables) };
  const sockets = isHub ? { unsafeDirectSockets: [{ host: "127.0.0.1", port }] } : {};
  return { ...options, name, bindings, ...sockets, modulesRoot: bundle, modules: modulesIn(bundle) };
}
