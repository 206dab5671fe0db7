import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { glossary } from "../../shared/glossary.ts";
import { generatedDocuments } from "../../trainer/write-docs.ts";

test.each(generatedDocuments)("$path is what npm run docs writes", async ({ path, text }) => {
  expect(readFileSync(path, "utf8")).toBe(await text());
});

test("the glossary defines every term once", () => {
  const words = glossary.flatMap(({ terms }) => terms.flatMap(({ term, also = [] }) => [term, ...also]));
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
});
