/** Tests the JSON output of `almanac backtest` for a classification on simulated air. `test/real` does it on real air. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { timeless } from "../support/backtest.ts";
import { backtestClasses, expectHonest } from "../support/backtest-classes.ts";
import { airFile } from "../support/simulated-air.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-backtest-classes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the same data gives the same result with any number of threads", async () => {
  const { name, bytes } = airFile(1, 160);
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const short = ["--trials", "1", "--only", "logistic,random-forest"];
  const one = await backtestClasses([file], "--threads", "1", ...short);
  expectHonest(one);
  expect(one.contenders.map(({ name }) => name).sort()).toEqual(
    ["average", "base-rate", "logistic", "random-forest", "state-frequency"].sort(),
  );
  expect(timeless(await backtestClasses([file], "--threads", "2", ...short))).toEqual(timeless(one));
});
