/** Runs the production bundles in one workerd. Each Worker has its own socket, without a development proxy. */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { historyKey } from "../../../shared/lake/keys.ts";
import { artefactKey, championKey, forecastsKey, servedKey } from "../../../shared/registry/keys.ts";
import { type BundleModule, compatibilityDate } from "./bundle.ts";
import type { Stored } from "./learned-model.ts";

export interface BenchWorker {
  readonly name: string;
  readonly modules: readonly BundleModule[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Names of other Workers by binding. */
  readonly services?: Readonly<Record<string, string>>;
}

export interface Workerd {
  /** Returns the port of a Worker. */
  port(worker: string): Promise<number>;
  inspectorPort(): Promise<number>;
  /** Returns the database that every Worker has as `DB`; only with `hasDatabase`. */
  database(): ReturnType<Miniflare["getD1Database"]>;
  /** Writes the snapshot of a forecast like the hub, with a separate seeder Worker. */
  store(stored: Stored): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Writes the snapshot, so that the measured Worker has not run before. It also reads KV, R2 and the cache once, because their
 * simulators are Workers too, and the first run of a simulator must not be measured.
 */
const seeder: BenchWorker = {
  name: "seeder",
  modules: [
    moduleOf(`export default { async fetch(request, { SNAPSHOTS, LAKE }) {
      const { keys } = await SNAPSHOTS.list();
      for (const { name } of keys) await SNAPSHOTS.get(name);
      const { objects } = await LAKE.list();
      for (const { key } of objects) await (await LAKE.get(key)).arrayBuffer();
      await caches.default.match("https://seeder.invalid/");
      return new Response();
    } };`),
  ],
};

/** Bindings of KV and R2 in memory, with the simulators of this workerd. */
export async function startWorkerd(
  workers: readonly BenchWorker[],
  { inspect = false, hasDatabase = false } = {},
): Promise<Workerd> {
  const options = {
    host: "127.0.0.1",
    port: 0,
    log: new Log(LogLevel.ERROR),
    cf: false,
    ...(inspect && { inspectorPort: 0 }),
    workers: [seeder, ...workers].map(({ name, modules, variables = {}, services = {} }) => ({
      name,
      modules: modules.map((module) => ({ ...module })),
      modulesRoot: "/",
      compatibilityDate,
      bindings: { ...variables },
      serviceBindings: { ...services },
      kvNamespaces: { SNAPSHOTS: "almanac-snapshots" },
      r2Buckets: { LAKE: "almanac-lake" },
      ...(hasDatabase && { d1Databases: { DB: "almanac-database" } }),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    })),
  };
  const miniflare = new Miniflare(convertV4MiniflareOptions(options));
  await miniflare.ready;
  return {
    port: async (worker) => Number((await miniflare.unsafeGetDirectURL(worker)).port),
    inspectorPort: async () => Number((await miniflare.getInspectorURL()).port),
    database: () => miniflare.getD1Database("DB", seeder.name),
    async store({ forecast, pointer, model, servedText, historyText }) {
      const lake = await miniflare.getR2Bucket("LAKE", seeder.name);
      const snapshots = await miniflare.getKVNamespace("SNAPSHOTS", seeder.name);
      await lake.put(artefactKey(forecast, pointer.version, "model.onnx"), model);
      await lake.put(servedKey(forecast, pointer.version, pointer.served?.sha256 ?? ""), servedText);
      await snapshots.put(forecastsKey, JSON.stringify({ ids: [forecast] }));
      await snapshots.put(historyKey(forecast), historyText);
      await snapshots.put(championKey(forecast), JSON.stringify(pointer));
      await (await fetch(await miniflare.unsafeGetDirectURL(seeder.name))).arrayBuffer();
    },
    dispose: () => miniflare.dispose(),
  };
}

/** Makes a Worker of one inline module. */
export function moduleOf(contents: string, path = "index.js"): BundleModule {
  return { type: "ESModule", path, contents };
}

/**
 * Wraps the production bundle with stubs for its rate limit and its queue. Their simulators are slower than the real
 * services. The rate limit and the limit of computing time are far below the load of a bench.
 */
export function withStubs(bundle: readonly BundleModule[]): BundleModule[] {
  const entry = moduleOf(
    `import worker from "./bundle.js";
    export * from "./bundle.js";
    const stubs = { RATE_LIMIT: { limit: async () => ({ success: true }) }, PREDICTIONS: { send: async () => {}, sendBatch: async () => {} }, COST_PER_SECOND: "0" };
    let bound;
    export default { fetch: (request, env, context) => worker.fetch(request, (bound ??= { ...env, ...stubs }), context) };`,
  );
  return [entry, ...bundle.map((module) => (module.path === "index.js" ? { ...module, path: "bundle.js" } : module))];
}
