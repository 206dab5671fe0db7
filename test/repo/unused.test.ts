/** There is one type for expected failures, and no code that the product does not use. */
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { files, read, sources, withoutComments } from "./source-files.ts";

/** The answers of the onnx Worker are sent between Workers that are deployed one after the other, so their form stays. */
const ownResults = ["shared/lib/result.ts", "shared/api/onnx.ts"];

test("expected failures are a `Result`: no other union of `ok: true` and `ok: false` is declared", () => {
  const declaring = sources.filter((path) => /readonly ok: (true|false)/.test(withoutComments(path)));
  expect(declaring.sort()).toEqual([...ownResults].sort());
});

/** Returns the names that files import, as `path name`; `path *` if a file imports a whole module. */
function importedNames(paths: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (path: string, target: string, list: string) => {
    const module = normalize(join(dirname(path), target));
    for (const item of list.replaceAll(/[{}]/g, "").split(",")) {
      const [name = ""] = item
        .trim()
        .replace(/^type /, "")
        .split(" as ");
      if (name !== "") names.add(`${module} ${name.startsWith("*") ? "*" : name}`);
    }
  };
  for (const path of paths) {
    const text = read(path);
    for (const [, list = "", target = ""] of text.matchAll(/\b(?:import|export)\s([^;"]*?)\sfrom\s"(\.[^"]+)"/g)) {
      add(path, target, list.replace(/^type /, ""));
    }
    for (const [, target = "", list = ""] of text.matchAll(/\(await import\("(\.[^"]+)"\)\)\.(\w+)/g)) {
      add(path, target, list);
    }
    for (const [, list = "", target = ""] of text.matchAll(/\{([^{}]*)\} = await import\("(\.[^"]+)"\)/g)) {
      add(path, target, list);
    }
  }
  return names;
}

test("every exported function and constant is used: by another file of the product, or in its own file and by a test", () => {
  const scripts = files.filter((path) => /\.(ts|mjs)$/.test(path));
  const isTest = (path: string) => path.startsWith("test/") && !/^test\/(bench|fuzz|golden)\//.test(path);
  const product = importedNames(scripts.filter((path) => !isTest(path)));
  // Some tests import a module by a variable name, so a test counts as a user if it contains the name.
  const testWords = new Set(scripts.filter(isTest).flatMap((path) => read(path).match(/\w+/g) ?? []));
  const unused = sources.flatMap((path) => {
    const text = withoutComments(path);
    return Array.from(text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm), ([, name = ""]) => name)
      .filter((name) => {
        const isImported = product.has(`${path} ${name}`) || product.has(`${path} *`);
        const isUsedHere = Array.from(text.matchAll(new RegExp(`\\b${name}\\b`, "g"))).length > 1;
        return !isImported && !(testWords.has(name) && isUsedHere);
      })
      .map((name) => `${path} ${name}`);
  });
  expect(unused).toEqual([]);
});

test("every exported type is used", () => {
  const text = files.filter((path) => /\.(ts|mjs)$/.test(path)).map(read);
  const counts = new Map<string, number>();
  for (const word of text.flatMap((one) => one.match(/\w+/g) ?? [])) counts.set(word, (counts.get(word) ?? 0) + 1);
  const unused = sources.flatMap((path) =>
    Array.from(withoutComments(path).matchAll(/^export (?:interface|type) (\w+)/gm), ([, name = ""]) => name)
      .filter((name) => (counts.get(name) ?? 0) < 2)
      .map((name) => `${path} ${name}`),
  );
  expect(unused).toEqual([]);
});
