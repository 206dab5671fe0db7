/** What wrangler would upload: the Workers as they run in production. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

export interface BundleModule {
  readonly type: "ESModule" | "CompiledWasm" | "Data" | "Text";
  readonly path: string;
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

export const compatibilityDate = "2026-11-02";

const root = join(import.meta.dirname, "../../..");
const cli = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "wrangler-dist", "cli.js");

/** The modules of a Worker's configuration, `index.js` first. */
export function bundleOf(config: string): BundleModule[] {
  return bundled(["-c", join(root, config)], "index.js");
}

/** The modules of a Worker that only a bench knows. */
export function bundleOfFile(file: string): BundleModule[] {
  const name = basename(file, ".ts");
  const folder = mkdtempSync(join(tmpdir(), "almanac-config-"));
  const config = join(folder, "wrangler.json");
  writeFileSync(config, JSON.stringify({ name, main: join(root, file), compatibility_date: compatibilityDate }));
  try {
    return bundled(["-c", config], `${name}.js`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundled(args: readonly string[], entry: string): BundleModule[] {
  const folder = mkdtempSync(join(tmpdir(), "almanac-bundle-"));
  try {
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" };
    const whole = [cli, "deploy", "--dry-run", "--outdir", folder, ...args];
    execFileSync(process.execPath, whole, { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
    const names = readdirSync(folder).filter((name) => !/\.(map|md)$/.test(name));
    return names.sort((a, b) => Number(b === entry) - Number(a === entry)).map((name) => read(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(folder: string, path: string): BundleModule {
  const bytes = readFileSync(join(folder, path));
  if (/\.m?js$/.test(path)) return { type: "ESModule", path, contents: bytes.toString() };
  if (path.endsWith(".wasm")) return { type: "CompiledWasm", path, contents: Uint8Array.from(bytes) };
  return { type: "Data", path, contents: Uint8Array.from(bytes) };
}
