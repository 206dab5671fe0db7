/** What wrangler would upload: the Workers as they run in production. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root, wranglerCli, wranglerEnvironment } from "../../../trainer/local/bundles.ts";

export interface BundleModule {
  readonly type: "ESModule" | "CompiledWasm" | "Data" | "Text";
  readonly path: string;
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

export const compatibilityDate = "2026-11-02";

/** The modules of a bundle that stands in a folder, the entry first. */
export function modulesIn(folder: string, entry = "index.js"): BundleModule[] {
  const names = readdirSync(folder).filter((name) => !/\.(map|md)$/.test(name));
  return names.sort((a, b) => Number(b === entry) - Number(a === entry)).map((name) => read(folder, name));
}

/** The modules of a Worker that only a bench knows. */
export function bundleOfFile(file: string): BundleModule[] {
  const name = basename(file, ".ts");
  const folder = mkdtempSync(join(tmpdir(), "almanac-config-"));
  const config = join(folder, "wrangler.json");
  writeFileSync(config, JSON.stringify({ name, main: join(root, file), compatibility_date: compatibilityDate }));
  try {
    const args = [wranglerCli, "deploy", "--dry-run", "--outdir", join(folder, "bundle"), "-c", config];
    execFileSync(process.execPath, args, {
      cwd: root,
      env: wranglerEnvironment(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    return modulesIn(join(folder, "bundle"), `${name}.js`);
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
