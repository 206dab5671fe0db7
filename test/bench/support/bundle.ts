/** What wrangler would upload: the Workers as they run in production. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type ModuleFile, modulesIn, root, wranglerCli, wranglerEnvironment } from "../../../trainer/local/bundles.ts";

export interface BundleModule extends ModuleFile {
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

export const compatibilityDate = "2026-11-02";

/** The modules of a bundle that stands in a folder, read, the entry first; their paths are from there on. */
export function readModules(folder: string, entry = "index.js"): BundleModule[] {
  return modulesIn(folder, entry).map(({ type, path }) => {
    const bytes = readFileSync(path);
    return { type, path: basename(path), contents: type === "ESModule" ? bytes.toString() : Uint8Array.from(bytes) };
  });
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
    return readModules(join(folder, "bundle"), `${name}.js`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
