/** The code of the page "Add your own forecast" fits the project. The matrix also runs it. */
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { pageFiles } from "../support/page-forecast.ts";
import { files, read } from "./source-files.ts";

/** Returns the project's modules that the page imports, with the imported names. */
function pageImports(): { readonly module: string; readonly name: string }[] {
  return [...pageFiles].flatMap(([path, code]) =>
    [...code.matchAll(/^import (?:type )?\{([^}]*)\} from "(\.[^"]+)";/gm)].flatMap(([, list = "", target = ""]) =>
      list.split(",").map((name) => ({
        module: normalize(join(dirname(path), target)),
        name: name.trim().replace(/^type /, ""),
      })),
    ),
  );
}

test("every name that the code of the page imports is exported by its module", () => {
  const found = pageImports().filter(({ module, name }) => name !== "" && !pageFiles.has(module));
  const missing = found.filter(({ module, name }) => {
    const declared = new RegExp(`^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`, "m");
    return !files.includes(module) || !declared.test(read(module));
  });
  expect(found.length).toBeGreaterThan(4);
  expect(missing).toEqual([]);
});
