/**
 * The Workers as wrangler would upload them: what runs on this machine is what a deploy sends.
 *
 * To bundle them takes seconds, so the bundles are kept in `.wrangler/bundles` under a digest of all they are made from.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { codeOf, Failure } from "../failure.ts";

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
/** Lies beside the bundles: their files with their sizes, so that half a folder is not taken for a whole one. */
const contentsFile = "contents.json";
const contentsShape = z.record(z.string(), z.number());
/** So often is begun anew while someone writes in the sources. */
const attemptsMax = 5;

export function wranglerEnvironment(): NodeJS.ProcessEnv {
  const { CLOUDFLARE_ENV: _, ...env } = process.env;
  // CLOUDFLARE_ENV, of another project perhaps, would give the Workers names that their bindings do not know.
  return { ...env, WRANGLER_SEND_METRICS: "false", CI: "1", NO_COLOR: "1" };
}

/**
 * Returns folders with `index.js` and what it imports, in the order of `configs`.
 * @throws Failure with the place in the sources that cannot be bundled.
 */
export async function bundleWorkers(configs: readonly string[] = workerConfigs): Promise<string[]> {
  const kept = join(root, ".wrangler", "bundles");
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const digest = digestOfSources(configs);
    const folder = join(kept, digest);
    if (isWhole(folder)) {
      touch(folder);
      return configs.map((config) => join(folder, nameOf(config)));
    }
    const begun = begin();
    try {
      const done = await Promise.allSettled(configs.map((config) => bundle(config, join(begun, nameOf(config)))));
      const failed = done.find((one) => one.status === "rejected");
      if (failed) throw failed.reason;
      // What was written meanwhile may be in the bundles, and is not in the digest.
      if (digestOfSources(configs) !== digest) continue;
      writeFileSync(join(begun, contentsFile), JSON.stringify(contentsOf(begun)));
      mkdirSync(kept, { recursive: true });
      place(begun, folder);
      forgetOld(kept);
    } finally {
      rmSync(begun, { recursive: true, force: true });
    }
  }
  throw new Failure(
    `The Workers could not be bundled in ${attemptsMax} attempts: their sources changed each time, or ${kept} does not keep what is put there.`,
  );
}

export interface ModuleFile {
  readonly type: "ESModule" | "CompiledWasm";
  readonly path: string;
}

/** The modules of a bundle, the entry first. */
export function modulesIn(folder: string, entry = "index.js"): ModuleFile[] {
  const names = readdirSync(folder).filter((name) => /\.(m?js|wasm)$/.test(name));
  return names
    .sort((a, b) => Number(b === entry) - Number(a === entry))
    .map((name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(folder, name) }));
}

/** A folder to bundle into. Where a killed process leaves one, wrangler deletes it after a day, as all in this folder. */
function begin(): string {
  const tmp = join(root, ".wrangler", "tmp");
  try {
    mkdirSync(tmp, { recursive: true });
    return mkdtempSync(join(tmp, "bundles-"));
  } catch (error) {
    throw new Failure(`The Workers have to be bundled, and ${tmp} cannot be written (${codeOf(error)}).`);
  }
}

async function bundle(config: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const args = [wranglerCli, "deploy", "--dry-run", "--outdir", folder, "-c", join(root, config)];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, env: wranglerEnvironment(), maxBuffer: 1e8 });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Failure(`The Worker ${nameOf(config)} cannot be bundled: ${bundlersReason(said, dirname(config))}.`);
  }
}

/**
 * `Unexpected ";" (workers/predict/app.ts:191:10)` from all that wrangler and esbuild print.
 * @param base the folder, from the root on, that esbuild's paths start from
 */
export function bundlersReason(printed: string, base: string): string {
  const plain = stripVTControlCharacters(printed);
  const told = [...plain.matchAll(/\[ERROR\] (.+)/g)].map(([, text = ""]) => text);
  const reason = told.find((text) => !text.startsWith("Build failed")) ?? told[0];
  const [, file, place] = /^ +(\S.*?):(\d+:\d+):$/m.exec(plain) ?? [];
  if (reason === undefined) return plain.trim().split("\n").at(-1) || "wrangler did not say why";
  return file === undefined ? reason : `${reason} (${relative(root, resolve(root, base, file))}:${place})`;
}

/** Two that begin at once make the same; the first keeps the place, unless what is there is broken. */
function place(begun: string, folder: string): void {
  if (!isWhole(folder)) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(begun, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function isWhole(folder: string): boolean {
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

/** What was used last is forgotten last. */
function touch(folder: string): void {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // In a clone that is read-only nothing is forgotten either.
  }
}

function forgetOld(kept: string): void {
  const newestFirst = readdirSync(kept)
    .map((name) => join(kept, name))
    .map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of newestFirst.slice(keptMax)) rmSync(path, { recursive: true, force: true });
}

function nameOf(config: string): string {
  return config === "wrangler.toml" ? "hub" : (config.split("/").at(-2) ?? "");
}

function digestOfSources(configs: readonly string[]): string {
  const hash = createHash("sha256").update(configs.join("\0"));
  for (const file of sources.flatMap((source) => filesBelow(join(root, source))).sort()) {
    const text = readOrNull(file);
    if (text !== null)
      hash
        .update(`${relative(root, file)}\0`)
        .update(text)
        .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

/** Null for a file that an editor has just put another in the place of. */
function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Without hidden files and folders: `.dev.vars`, what wrangler leaves in `.wrangler`, an editor's own. */
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
