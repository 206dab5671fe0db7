/** An exported name has one meaning in its area. */
import { expect, test } from "vitest";
import { sources, withoutComments } from "./source-files.ts";

/** Files of these folders have the same parts under the same names: a feed's own reader, a language's words. */
const parallel = /^(shared\/feeds\/[\w-]+\/|shared\/reports\/words\/)/;

/** Tables have the names that they have in SQL. */
const tables = /^shared\/db\/schema\//;

/** Names that are the same on purpose. */
const sameOnPurpose: Readonly<Record<string, string>> = {
  sigmoid: "ONNX has an operator of this name",
};

const declared = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;

function areaOf(path: string): string {
  return /^(shared|trainer|workers\/[\w-]+)\//.exec(path)?.[1] ?? "";
}

test("no two files of an area export different things under one name", () => {
  const places = new Map<string, string[]>();
  for (const path of sources.filter((one) => !parallel.test(one) && !tables.test(one))) {
    for (const [, name = ""] of withoutComments(path).matchAll(declared)) {
      const key = `${areaOf(path)} ${name}`;
      places.set(key, [...(places.get(key) ?? []), path]);
    }
  }
  expect(places.size).toBeGreaterThan(2_000);
  const twice = [...places].filter(([key, paths]) => paths.length > 1 && !((key.split(" ")[1] ?? "") in sameOnPurpose));
  expect(Object.fromEntries(twice)).toEqual({});
});
