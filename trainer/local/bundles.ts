/**
 * Bundles the Workers as wrangler would upload them, so that the local platform runs the same code as a deploy.
 *
 * Bundling takes seconds. The bundle of a Worker is cached in `.wrangler/bundles` by a digest of its sources.
 */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { codeOf, Failure } from "../failure.ts";
import { bundleDigest } from "./bundle-digest.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const wranglerCli = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "wrangler-dist",
  "cli.js",
);
/** The hub is first: it receives the requests to the platform's address. */
export const workerConfigs = [
  "wrangler.toml",
  "workers/predict/wrangler.toml",
  "workers/onnx/wrangler.toml",
  "workers/pages/wrangler.toml",
] as const;

/** Number of cached bundles of each Worker. */
const cachedMax = 3;
/** Lists the files of a bundle with their sizes, so that an incomplete folder is detected. */
const contentsFile = "contents.json";
const contentsShape = z.record(z.string(), z.number());
/** Number of attempts while the sources change. */
const attemptsMax = 5;

export function wranglerEnvironment(): NodeJS.ProcessEnv {
  const { CLOUDFLARE_ENV: _, ...env } = process.env;
  // CLOUDFLARE_ENV, perhaps of another project, would change the names of the Workers, and bindings refer to the names.
  return { ...env, WRANGLER_SEND_METRICS: "false", CI: "1", NO_COLOR: "1" };
}

/** The bundle of a Worker in the cache. */
interface Wanted {
  readonly config: string;
  readonly digest: string;
  /** Its folder has the name of the Worker. */
  readonly folder: string;
}

/**
 * Returns folders with `index.js` and its imports, in the order of `configs`. Bundles only the Workers whose sources have changed.
 * @throws Failure with the line of the source that cannot be bundled.
 */
export async function bundleWorkers(configs: readonly string[] = workerConfigs): Promise<string[]> {
  const cache = join(root, ".wrangler", "bundles");
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const wanted = configs.map((config): Wanted => {
      const digest = bundleDigest(root, config);
      return { config, digest, folder: join(cache, digest, nameOf(config)) };
    });
    const missing = wanted.filter(({ folder }) => !isComplete(dirname(folder)));
    for (const { folder } of wanted) if (!missing.some((one) => one.folder === folder)) touch(dirname(folder));
    if (missing.length === 0) return wanted.map(({ folder }) => folder);
    const done = await Promise.allSettled(missing.map((one) => bundleInto(cache, one)));
    const failed = done.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    deleteOld(cache);
  }
  throw new Failure(
    `The Workers could not be bundled in ${attemptsMax} attempts, because their sources changed or ${cache} cannot be written. Try again.`,
  );
}

/** Bundles a Worker and moves the bundle into the cache, unless its sources changed meanwhile. */
async function bundleInto(cache: string, { config, digest, folder }: Wanted): Promise<void> {
  // As deep as the folder in the cache: the paths of source maps are relative.
  const temporary = newTemporaryFolder();
  try {
    await bundle(config, join(temporary, basename(folder)));
    // The bundle may contain changes that the digest does not.
    if (bundleDigest(root, config) !== digest) return;
    writeFileSync(join(temporary, contentsFile), JSON.stringify(contentsOf(temporary)));
    mkdirSync(cache, { recursive: true });
    moveInto(temporary, dirname(folder));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

export interface ModuleFile {
  readonly type: "ESModule" | "CompiledWasm" | "Data";
  readonly path: string;
}

const moduleTypes: Readonly<Record<string, ModuleFile["type"]>> = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".wasm": "CompiledWasm",
  ".woff2": "Data",
};

/** Returns the modules of a bundle, the entry first. */
export function modulesIn(folder: string, entry = "index.js"): ModuleFile[] {
  const names = readdirSync(folder).filter((name) => extname(name) in moduleTypes);
  return names
    .sort((a, b) => Number(b === entry) - Number(a === entry))
    .map((name) => ({ type: moduleTypes[extname(name)] ?? "ESModule", path: join(folder, name) }));
}

/** Creates a temporary folder for a bundle. wrangler deletes the folder of a killed process after a day. */
function newTemporaryFolder(): string {
  const tmp = join(root, ".wrangler", "tmp");
  try {
    mkdirSync(tmp, { recursive: true });
    return mkdtempSync(join(tmp, "bundles-"));
  } catch (error) {
    throw new Failure(`The Workers cannot be bundled, because ${tmp} cannot be written (${codeOf(error)}).`);
  }
}

async function bundle(config: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const args = [wranglerCli, "deploy", "--dry-run", "--outdir", folder, "-c", join(root, config)];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, env: wranglerEnvironment(), maxBuffer: 1e8 });
  } catch (error) {
    const printed = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Failure(`The Worker ${nameOf(config)} cannot be bundled: ${bundlersReason(printed, dirname(config))}.`);
  }
}

/**
 * Extracts the reason from the output of wrangler and esbuild: `Unexpected ";" (workers/predict/app.ts:191:10)`.
 * @param base folder of esbuild's relative paths, itself relative to the root
 */
export function bundlersReason(printed: string, base: string): string {
  const plain = stripVTControlCharacters(printed);
  const errors = [...plain.matchAll(/\[ERROR\] (.+)|^(?:Uncaught )?\w*Error(?: \[\w+\])?: (.+)/gm)].map(
    ([, text, thrown]) => text ?? thrown ?? "",
  );
  const reason = errors.find((text) => !text.startsWith("Build failed")) ?? errors[0];
  const [, file, place] = /^ +(\S.*?):(\d+:\d+):$/m.exec(plain) ?? [];
  if (reason === undefined) return plain.trim().split("\n").at(-1) || "wrangler gave no reason";
  return file === undefined ? reason : `${reason} (${relative(root, resolve(root, base, file))}:${place})`;
}

/** Moves a bundle into the cache. If another process was first, its identical bundle stays, unless it is incomplete. */
function moveInto(begun: string, folder: string): void {
  if (!isComplete(folder)) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(begun, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function isComplete(folder: string): boolean {
  try {
    const contents = contentsShape.parse(JSON.parse(readFileSync(join(folder, contentsFile), "utf8")));
    return Object.entries(contents).every(([name, bytes]) => statSync(join(folder, name)).size === bytes);
  } catch {
    return false;
  }
}

function contentsOf(folder: string): z.infer<typeof contentsShape> {
  return Object.fromEntries(filesBelow(folder).map((file) => [relative(folder, file), statSync(file).size]));
}

/** Marks a bundle as recently used; the least recently used ones are deleted first. */
function touch(folder: string): void {
  try {
    // Changing the list of a folder sets its time.
    writeFileSync(join(folder, ".used"), "");
    rmSync(join(folder, ".used"));
  } catch {
    // In a read-only clone nothing is deleted either.
  }
}

function deleteOld(cache: string): void {
  if (!existsSync(cache)) return;
  const newestFirst = readdirSync(cache)
    .map((name) => join(cache, name))
    .map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of newestFirst.slice(cachedMax * workerConfigs.length))
    rmSync(path, { recursive: true, force: true });
}

function nameOf(config: string): string {
  return config === "wrangler.toml" ? "hub" : (config.split("/").at(-2) ?? "");
}

/** Lists files recursively, without hidden ones: `.dev.vars`, `.wrangler`, an editor's files. */
function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .flatMap((entry) => {
      if (entry.isDirectory()) return filesBelow(join(path, entry.name));
      return entry.isFile() ? [join(path, entry.name)] : [];
    });
}
