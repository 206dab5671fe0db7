/** The options of a Worker for miniflare, from its wrangler.toml. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { V4WorkerOptions } from "miniflare";
import { z } from "zod";

const workerShape = z.object({
  name: z.string(),
  crons: z.array(z.string()),
  options: z.record(z.string(), z.unknown()),
});

/** A Worker without its modules. */
export interface LocalWorker {
  readonly name: string;
  /** Its cron triggers. */
  readonly crons: readonly string[];
  readonly options: V4WorkerOptions;
}

/** In the folder of a bundle, whose name is a digest of the sources and of wrangler.toml. */
const cacheFile = "options.json";
/** Files with variables of a developer, perhaps secrets. The digest does not include them. */
const localVariables = /^\.(dev\.vars|env)/;

/**
 * Returns the options of a Worker. They are cached in the folder of its bundle, because importing wrangler takes a second of processor
 * time. With local variables they are read each time and never written.
 * @param config absolute path of the wrangler.toml
 */
export async function workerOptions(config: string, bundle: string): Promise<LocalWorker> {
  const isCacheable = !readdirSync(dirname(config)).some((name) => localVariables.test(name));
  const known = isCacheable ? readCache(bundle) : null;
  const worker = known ?? (await readWithWrangler(config));
  if (isCacheable && known === null) writeCache(bundle, worker);
  // The root is not cached: a clone may have been moved with its cache.
  return { ...worker, options: { ...worker.options, rootPath: dirname(config) } as V4WorkerOptions };
}

async function readWithWrangler(config: string): Promise<z.infer<typeof workerShape>> {
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  const { name, triggers } = unstable_readConfig({ config });
  const { workerOptions: options } = unstable_getMiniflareWorkerOptions(config);
  return workerShape.parse({ name, crons: triggers.crons ?? [], options });
}

function readCache(bundle: string): z.infer<typeof workerShape> | null {
  try {
    return workerShape.parse(JSON.parse(readFileSync(join(bundle, cacheFile), "utf8")));
  } catch {
    return null;
  }
}

function writeCache(bundle: string, worker: z.infer<typeof workerShape>): void {
  try {
    writeFileSync(join(bundle, cacheFile), JSON.stringify(worker));
  } catch {
    // In a read-only clone the options are read each time.
  }
}
