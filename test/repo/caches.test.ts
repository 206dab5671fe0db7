/** Every cache and shortcut of predict is justified by a line of `npm run bench -- caches`. */
import { expect, test } from "vitest";
import { reachable, read, withoutComments } from "./source-files.ts";

/** Memoized functions, weak maps, templates of objects, and classes and maps that cache. */
const cache =
  /\bmemoize(?:By\w+|Row)\(|new WeakMap\b|\bobjectTemplate[<(]|#cached\b|#matches\b|^const \w+ = new Map<string, string>\(\)|class \w*Cache\b|const plainAddress\b|^ {2}fresh\(/m;

test("`npm run bench -- caches` measures the caches of every file of predict that has one", () => {
  const bench = read("test/bench/support/predict-caches.ts");
  const listed = new Set(
    Array.from(bench.matchAll(/files: \[([^\]]+)\]/g), ([, list = ""]) => list.match(/[\w./-]+\.ts/g) ?? []).flat(),
  );
  const entry = "workers/predict/index.ts";
  const files = [entry, ...reachable(entry)].filter((path) => /^(shared|workers)\//.test(path));
  const caching = files.filter((path) => cache.test(withoutComments(path)) && !path.startsWith("shared/lib/"));
  expect(caching.length).toBeGreaterThan(15);
  expect([...listed].sort()).toEqual(caching.sort());
});
