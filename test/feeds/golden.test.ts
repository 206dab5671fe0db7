/**
 * Compares parsers to golden files. To add a test, put `x.xlsx` (or another file that the feed reads) and `x.json` into
 * `test/fixtures/feeds/<feed>/`. A publication that is JSON itself is called `x.source.json`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { feeds } from "../../shared/feeds/index.ts";
import { compact, goldenArrival } from "../support/golden.ts";

const root = "test/fixtures/feeds";

describe.each(feeds.map((feed) => [feed.id, feed] as const))("%s", (id, feed) => {
  const files = existsSync(join(root, id)) ? readdirSync(join(root, id)) : [];
  const names = files.filter((name) => name.endsWith(".source.json") || !name.endsWith(".json"));
  test.each(names)("%s is parsed as in its golden file", async (name) => {
    const golden = JSON.parse(readFileSync(join(root, id, name.replace(/(\.source)?\.\w+$/, ".json")), "utf8"));
    const parsed = await feed.parse(readFileSync(join(root, id, name)), { name, arrivedAt: goldenArrival });
    expect(compact(parsed)).toEqual(golden);
  });
  test("there are golden files", () => {
    expect(names.length, `none in ${root}/${id}: make one with node ${root}/make-pair.ts ${id} FILE`).toBeGreaterThan(
      0,
    );
  });
});
