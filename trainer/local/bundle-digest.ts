/** The digest of everything that decides the bundle of a Worker. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { codeOf } from "../failure.ts";

/** Files that every bundle depends on. The lockfile represents node_modules. */
const common = [
  "package.json",
  "package-lock.json",
  "tsconfig.base.json",
  "shared/tsconfig.json",
  "workers/tsconfig.json",
];

/** A relative path after `from` or `import`. Paths in comments and of types match too; more files than needed do no harm. */
const relativeImport = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * Returns the texts of the files that decide the bundle of a Worker: its configuration and every file that it imports, directly or
 * indirectly, by their paths in the project. A file that does not exist has an empty text.
 * @param root folder of the project
 * @param config path of the Worker's wrangler.toml, relative to the root
 */
export function bundleSources(root: string, config: string): Map<string, string> {
  const settings = readOrNull(join(root, config)) ?? "";
  const main = /^main = "(.+)"/m.exec(settings)?.[1] ?? "index.ts";
  const files = new Map([[config, settings]]);
  const waiting = [...common, join(dirname(config), main)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const text = readOrNull(join(root, file)) ?? "";
    files.set(file, text);
    for (const [, path = ""] of text.matchAll(relativeImport)) {
      waiting.push(relative(root, resolve(root, dirname(file), path)));
    }
  }
  return files;
}

/** Returns a digest of `bundleSources` as 16 hexadecimal digits. */
export function bundleDigest(root: string, config: string): string {
  const hash = createHash("sha256");
  const files = [...bundleSources(root, config)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [file, text] of files) hash.update(`${file}\0${text}\0`);
  return hash.digest("hex").slice(0, 16);
}

/** Returns null if the file does not exist: an editor may be replacing it. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "EISDIR"].includes(codeOf(error))) return null;
    throw error;
  }
}
