/** Lists the repository's files and the imports of each source file. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Lists every file of the project, as a path from its root: tracked, or new and not ignored. */
export const files: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"],
  { encoding: "utf8" },
)
  .trim()
  .split("\n");

/** The TypeScript files of the product, without tests and generated declarations. */
export const sources = files.filter(
  (path) => /^(shared|trainer|workers)\/.*\.ts$/.test(path) && !path.endsWith(".d.ts"),
);

export const read = (path: string) => readFileSync(path, "utf8");

export const withoutComments = (path: string) => read(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

export const isOurs = (target: string) => /^(shared|trainer|workers|test)\//.test(target);

const known = new Map<string, readonly string[]>();

/** Returns the imports of a file, types included: project files as paths from the root, packages by name. */
export function imports(path: string): readonly string[] {
  const before = known.get(path);
  if (before) return before;
  const found = read(path).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g);
  const targets = Array.from(found, ([, target = ""]) =>
    target.startsWith(".") ? normalize(join(dirname(path), target)) : target,
  );
  known.set(path, targets);
  return targets;
}

/** Returns the files that `path` imports directly or indirectly, and their packages. */
export function reachable(path: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const target of imports(next)) {
      if (seen.has(target)) continue;
      seen.add(target);
      if (isOurs(target)) waiting.push(target);
    }
  }
  return seen;
}
