/**
 * Runs the Workers on wrangler's simulators until it is told to end. workerd itself listens at the address: no development
 * proxy stands before it, no Worker is bundled again that was bundled before.
 */
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { bundleWorkers, modulesIn, root, workerConfigs } from "./bundles.ts";
import { type RuntimeEvent, type RuntimeSettings, runtimeVariable } from "./runtime-settings.ts";
import { sourcePlaces } from "./source-places.ts";

// Without the supervisor nobody is left who ends this process and workerd, which is of its group.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));

const { state, port, inspectorPort, variables }: RuntimeSettings = JSON.parse(process.env[runtimeVariable] ?? "null");
let placed = (text: string) => text;
try {
  const miniflare = await start();
  tell({ event: "ready", port: Number((await miniflare.ready).port) });
} catch (error) {
  console.error(error);
  tell({ event: "failed", reason: reasonOf(error) }, () => process.exit(1));
}

async function start(): Promise<Miniflare> {
  const bundles = await bundleWorkers();
  placed = sourcePlaces(bundles, root);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      inspectorPort,
      // What a request says of its caller's place would be asked of the internet.
      cf: false,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      handleStructuredLogs: ({ timestamp, level, message }) => {
        if (level === "error" || level === "warn")
          console.error(`${new Date(timestamp).toISOString()} ${level} ${placed(message)}`);
      },
      // The handlers of crons answer under /cdn-cgi/local.
      unsafeTriggerHandlers: true,
      // Flows that died with workerd are revived by a start: the Workflows here do not go on by themselves.
      unsafeHandleRuntimeRestart: () => {
        console.error(`${new Date().toISOString()} error workerd crashed`);
        void end(miniflare, 1);
      },
      // Where `wrangler … --persist-to` looks.
      resourcePersistencePath: join(state, "v3"),
      workers: workerConfigs.map((config, at) => workerOf(config, bundles[at] ?? "")),
    }),
  );
  process.on("SIGTERM", () => void end(miniflare, 0));
  return miniflare;
}

async function end(miniflare: Miniflare, code: number): Promise<void> {
  await miniflare.dispose().catch(() => {});
  process.exit(code);
}

function tell(event: RuntimeEvent, told = () => {}): void {
  process.send?.(event, told);
}

/** What a person can mend, or the one line of workerd that says why it does not run. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const uncaught = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return placed(uncaught === undefined ? text : String(JSON.parse(`"${uncaught}"`)))
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
}

/** The hub is first, and is who answers; the variables are for it alone. */
function workerOf(config: string, bundle: string): V4WorkerOptions {
  const file = join(root, config);
  // wrangler's declarations lose the types of both.
  const options = unstable_getMiniflareWorkerOptions(file).workerOptions as V4WorkerOptions;
  const name = String(unstable_readConfig({ config: file }).name);
  const bindings = { ...options.bindings, ...(config === workerConfigs[0] && variables) };
  return { ...options, name, bindings, modulesRoot: bundle, modules: modulesIn(bundle) };
}
