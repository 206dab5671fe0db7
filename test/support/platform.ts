/** Runs a hub on wrangler's simulators in its own folder, for tests that kill it and inspect the state. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { successShape } from "../../shared/lake/success.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { flowEnded, unfinishedFlows } from "../../trainer/flows.ts";
import { type Hub, openHub } from "../../trainer/hub.ts";
import { bundleWorkers, root } from "../../trainer/local/bundles.ts";
import { importMiniflare } from "../../trainer/local/faster-miniflare.ts";
import { openState } from "../../trainer/local/state.ts";
import { workerOptions } from "../../trainer/local/worker-options.ts";
import { findPort, type LocalWorkers, startWorkers } from "../../trainer/local/workers.ts";

const token = "test-token";
const personalToken = "personal-token";

/** The bindings of the hub that tests change while the platform is stopped. */
export interface StoredBindings {
  readonly DB: { exec(sql: string): Promise<unknown> };
  readonly SNAPSHOTS: {
    get(key: string): Promise<string | null>;
    put(key: string, text: string): Promise<void>;
    delete(key: string): Promise<void>;
  };
  readonly LAKE: {
    list(): Promise<{ readonly objects: readonly { readonly key: string }[]; readonly truncated: boolean }>;
    delete(keys: string[]): Promise<void>;
  };
}

/** Returns the simulators' state with an empty database in the current schema. Cached, so that a platform starts sooner. */
export async function migratedState(): Promise<string> {
  const digest = sha256Hex(
    readdirSync("migrations")
      .sort()
      .map((name) => readFileSync(join("migrations", name), "utf8"))
      .join("\0"),
  );
  const cached = join(tmpdir(), `almanac-test-schema-${process.getuid?.() ?? 0}-${digest.slice(0, 16)}`);
  if (existsSync(cached)) return cached;
  const made = mkdtempSync(join(tmpdir(), "almanac-test-"));
  try {
    const workers = await startWorkers({ state: openState(made), port: await findPort(0), variables: {} });
    await workers.stop();
    renameSync(join(made, "state"), cached);
  } catch (error) {
    // Another test file may have made it meanwhile.
    if (!existsSync(cached)) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return cached;
}

export class TestPlatform {
  readonly state: string;
  #workers: LocalWorkers | undefined;
  #boots = 0;

  constructor() {
    this.state = openState(mkdtempSync(join(tmpdir(), "almanac-test-")));
  }

  async start(inspectorPort: number | null = null): Promise<Hub> {
    if (this.#boots === 0) cpSync(await migratedState(), join(this.state, "state"), { recursive: true });
    const variables = { ADMIN_TOKEN: token, BOOT_ID: `boot-${++this.#boots}` };
    const port = await findPort(0);
    this.#workers = await startWorkers({ state: this.state, port, variables, personalToken, inspectorPort });
    return openHub({ url: this.#workers.url, token, personalToken, actor: "Ana" });
  }

  /** Runs the hourly upkeep. */
  async runUpkeep(): Promise<void> {
    await this.#workers?.fire("7 * * * *", new Date(), 60_000);
  }

  async stop(): Promise<void> {
    await this.#workers?.stop();
    this.#workers = undefined;
  }

  /** The ids of every process of the platform; none if it is stopped. */
  processIds(): number[] {
    return this.#workers ? descendants(this.#workers.pid) : [];
  }

  /** Kills every process of the platform at once, like a power cut. Listing the processes takes some time. */
  async kill(processIds = this.processIds()): Promise<void> {
    for (const each of processIds) process.kill(each, "SIGKILL");
    await this.#workers?.ended;
    this.#workers = undefined;
  }

  /** The root process of the platform, a promise of its end, and the cron triggers of the hub. */
  processes(): Pick<LocalWorkers, "pid" | "ended" | "crons"> {
    if (!this.#workers) throw new Error("the platform does not run");
    return this.#workers;
  }

  /** Returns the number of objects of R2 on this disk. */
  storedFiles(): number {
    const entries = readdirSync(join(this.state, "state"), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && /r2.*blobs/.test(entry.parentPath)).length;
  }

  /** Runs `work` with the bindings of the stopped platform. The next start reads what it stored. */
  async edit(work: (env: StoredBindings) => Promise<void>): Promise<void> {
    const [bundle = ""] = await bundleWorkers();
    const {
      d1Databases = {},
      kvNamespaces = {},
      r2Buckets = {},
    } = (await workerOptions(join(root, "wrangler.toml"), bundle)).options;
    const worker = { name: "editor", modules: true, script: "export default {}", d1Databases, kvNamespaces, r2Buckets };
    const { Miniflare, convertV4MiniflareOptions } = await importMiniflare();
    const resourcePersistencePath = join(this.state, "state", "v3");
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({ cf: false, resourcePersistencePath, workers: [worker] }),
    );
    try {
      const DB = await miniflare.getD1Database("DB");
      const SNAPSHOTS = await miniflare.getKVNamespace("SNAPSHOTS");
      await work({ DB, SNAPSHOTS, LAKE: await miniflare.getR2Bucket("LAKE") });
    } finally {
      await miniflare.dispose();
    }
  }

  /** Stops everything and deletes the folder. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Returns the text of a key in KV of the stopped platform. Reads the simulator's files: wrangler needs seconds. */
  snapshot(key: string): string {
    const kv = join(this.state, "state", "v3", "kv");
    const [file] = readdirSync(kv, { recursive: true, encoding: "utf8" }).filter((name) =>
      /[0-9a-f]{64}\.sqlite$/.test(name),
    );
    const database = new DatabaseSync(join(kv, file ?? ""), { readOnly: true });
    try {
      const row = database.prepare("SELECT blob_id FROM _mf_entries WHERE key = ?").get(key);
      return readFileSync(join(kv, "almanac-snapshots", "blobs", String(row?.blob_id)), "utf8");
    } finally {
      database.close();
    }
  }
}

/** Revives the flows of an earlier boot and waits for their end. */
export async function recoverAll(platform: TestPlatform, hub: Hub): Promise<string[]> {
  const unfinished = await unfinishedFlows(hub);
  await platform.runUpkeep();
  for (const id of unfinished) await flowEnded(hub, id, () => {}, 90_000);
  return unfinished;
}

export function upload(hub: Hub, name: string, bytes: Uint8Array) {
  return hub.api.uploadPublication({ feed: "sniim-milk", file: name, body: bytes.slice() });
}

/** Returns all observations as CSV, from all pages. */
export async function allObservations(hub: Hub): Promise<string> {
  let path: string | null = "/feeds/sniim-milk/observations?format=csv&limit=10000";
  const pages: string[] = [];
  while (path) {
    const response: Response = await hub.request(path);
    const [, ...rows] = (await response.text()).trim().split("\r\n");
    pages.push(...rows);
    path = /<(.+)>; rel="next"/.exec(response.headers.get("Link") ?? "")?.[1] ?? null;
  }
  return pages.sort().join("\n");
}

/** Returns the digests of `_SUCCESS` and of every file that it lists. */
export async function lakeDigests(hub: Hub): Promise<Record<string, string>> {
  const success = await hub.api.downloadLakeFile({ feed: "sniim-milk", path: "_SUCCESS" });
  const digests: Record<string, string> = { _SUCCESS: sha256Hex(success.bytes) };
  for (const { path, sha256, etag } of successShape.parse(JSON.parse(new TextDecoder().decode(success.bytes)))
    .partitions) {
    const file = await hub.api.downloadLakeFile({ feed: "sniim-milk", path });
    if (file.etag !== etag || sha256Hex(file.bytes) !== sha256)
      throw new Error(`${path} differs from its entry in _SUCCESS`);
    digests[path] = sha256;
  }
  return digests;
}

/** Returns a process and all its descendants. */
export function descendants(pid: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([child, of]) => (of === parent && child ? [child, ...below(child)] : []));
  return [pid, ...below(pid)];
}
