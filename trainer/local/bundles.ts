/**
 * The Workers as wrangler would upload them: what runs on this machine is what a deploy sends.
 *
 * To bundle them takes seconds, so the bundles are kept in `.wrangler/bundles` under a digest of all they are made from.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const wranglerCli = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "wrangler-dist",
  "cli.js",
);
/** Of the hub first: it is the one that answers at the address of the platform. */
export const workerConfigs = ["wrangler.toml", "workers/predict/wrangler.toml", "workers/onnx/wrangler.toml"] as const;

/** All that a bundle is made from; node_modules through the lockfile. */
const sources = ["shared", "workers", "wrangler.toml", "package.json", "package-lock.json", "tsconfig.base.json"];
/** Bundles of so many states of the sources are kept. */
const keptMax = 3;

export function wranglerEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1", NO_COLOR: "1" };
}

/** Folders with `index.js` and what it imports, in the order of `workerConfigs`. Rejects with what wrangler said. */
export async function bundleWorkers(): Promise<string[]> {
  const kept = join(root, ".wrangler", "bundles");
  const folder = join(kept, digestOfSources());
  if (!existsSync(folder)) {
    const begun = join(root, ".wrangler", "tmp", `bundles-${process.pid}`);
    await Promise.all(workerConfigs.map((config) => bundle(config, join(begun, nameOf(config)))));
    mkdirSync(kept, { recursive: true });
    place(begun, folder);
    forgetOld(kept);
  }
  return workerConfigs.map((config) => join(folder, nameOf(config)));
}

async function bundle(config: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const args = [wranglerCli, "deploy", "--dry-run", "--outdir", folder, "-c", join(root, config)];
  await promisify(execFile)(process.execPath, args, { cwd: root, env: wranglerEnvironment(), maxBuffer: 1e8 });
}

/** Two that begin at once make the same; the first keeps the place. */
function place(begun: string, folder: string): void {
  try {
    renameSync(begun, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(begun, { recursive: true, force: true });
  }
}

function forgetOld(kept: string): void {
  const newestFirst = readdirSync(kept)
    .map((name) => join(kept, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of newestFirst.slice(keptMax)) rmSync(old, { recursive: true, force: true });
}

function nameOf(config: string): string {
  return config === "wrangler.toml" ? "hub" : (config.split("/").at(-2) ?? "");
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const file of sources.flatMap((source) => filesBelow(join(root, source))).sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
