/** Tests the JSON output of `almanac backtest` and the files of `almanac export`. `test/real` backtests real publications. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cardShape } from "../../shared/registry/card.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { backtest, errorOf, stepOf, timeless } from "../support/backtest.ts";
import { lastJson } from "../support/command.ts";
import { almanacHere } from "../support/command-here.ts";
import { lively, livelyPublication } from "../support/lively.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-backtest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the publication of the first `periods` of one history and returns its path. */
function publicationFile(periods: number): string {
  const { name, bytes } = livelyPublication({ periods });
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

test("the same publications give the same result in any order and with any number of threads", async () => {
  const files = [publicationFile(lively.periods - 1), publicationFile(lively.periods)];
  const only = ["--only", "ridge,gradient-boosting", "--trials", "2", "--steps", "1"];
  const [one, other] = [
    await backtest("milk-mx", files, "--threads", "1", ...only),
    await backtest("milk-mx", [...files].reverse(), "--threads", "2", ...only),
  ];
  expect(timeless(other)).toEqual(timeless(one));
  expect(errorOf(one, one.champion)).toBeLessThan(errorOf(one, "naive"));
  const groups = ["series", "state", "kind and channel", "nation"];
  expect(one.steps.map(({ of, step }) => [of, step])).toEqual(groups.map((of) => [of, 1]));
  expect(stepOf(one, "naive")).toMatchObject({ from: "changes" });
  expect(stepOf(one, "ridge")).toMatchObject({ from: "symmetric", rmse: errorOf(one, "ridge"), probabilities: null });
});

test("--until ignores data after that day", async () => {
  const until = lively.dayOf(lively.periods - 21);
  const result = await backtest(
    "milk-mx",
    [publicationFile(lively.periods)],
    "--until",
    until,
    "--only",
    "ridge",
    "--steps",
    "1",
  );
  expect(result.test.to).toBe(until);
  expect(result["learners"]).toBeNull();
  expect(result.contenders.map(({ name }) => name)).toContain("naive");
});

test("an exported model returns the outputs in rows.csv in an ONNX runtime", async () => {
  const out = join(folder, "exported");
  const options = ["--trials", "1", "--only", "gradient-boosting", "--out", out, "--json"];
  const files = [publicationFile(lively.periods)];
  const result = lastJson(await almanacHere(["export", "milk-mx", "--files", ...files, ...options]));
  const card = cardShape.parse(JSON.parse(readFileSync(join(out, "card.json"), "utf8")));
  expect(result).toMatchObject({
    version: card.version,
    candidate: card.recipe.candidate,
    rows: card.judged.test.rows,
  });
  const [header = "", ...lines] = readFileSync(join(out, "rows.csv"), "utf8").trim().split("\r\n");
  const names = header.split(",");
  const column = (title: string) => lines.map((line) => line.split(",")[names.indexOf(title)] ?? "");
  const numbers = (title: string) =>
    Float32Array.from(column(title), (text) => (text === "" ? Number.NaN : Number(text)));
  const inputs = card.features.map((one) => [one.name, one.dtype === "float" ? numbers(one.name) : column(one.name)]);
  const answered = await runReference(readFileSync(join(out, "model.onnx")), Object.fromEntries(inputs));
  expect(lines).toHaveLength(card.judged.test.rows);
  for (const output of ["prediction", "change_probability"]) {
    expect(answered[output]).toEqual(numbers(`expected_${output}`));
  }
  const [trainHeader, firstLine = "", ...more] = readFileSync(join(out, "train.csv"), "utf8").trim().split("\r\n");
  expect(trainHeader).toBe(["target_period", "target", ...card.features.map(({ name }) => name)].join(","));
  expect(firstLine).toMatch(/^\d{4}-\d{2}-\d{2},\d+(\.\d+)?,/);
  const lastPeriod = more.at(-1)?.split(",")[0] ?? "";
  expect(lastPeriod < card.judged.test.from).toBe(true);
});
