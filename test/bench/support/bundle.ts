/** Bundles the Workers as wrangler uploads them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type ModuleFile, modulesIn, root, wranglerCli, wranglerEnvironment } from "../../../trainer/local/bundles.ts";

export interface BundleModule extends ModuleFile {
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

export const compatibilityDate = "2026-11-02";

/** Reads the modules of a bundle in a folder, entry first. Paths are relative to the folder. */
export function readModules(folder: string, entry = "index.js"): BundleModule[] {
  return modulesIn(folder, entry).map(({ type, path }) => {
    const bytes = readFileSync(path);
    return { type, path: basename(path), contents: type === "ESModule" ? bytes.toString() : Uint8Array.from(bytes) };
  });
}

/** Bundles a Worker that only a bench uses. */
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
    return readModules(join(folder, "bundle"), `${name}.js`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
