/** Tests the JSON output of `almanac backtest`: it is reproducible, on simulated and on real prices. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { cardShape, changeMetricsShape, contenderShape, spanShape } from "../../shared/registry/card.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { almanac, lastJson } from "../support/command.ts";
import { lively, livelyPublication } from "../support/lively.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-backtest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shape = z.looseObject({
  forecast: z.literal("milk-mx"),
  observations: z.int().min(1),
  problems: z.int().min(0),
  validation: spanShape,
  test: spanShape,
  contenders: z.array(contenderShape.omit({ candidate: true, recipe: true, note: true }).strict()),
  champion: z.string(),
  change: changeMetricsShape,
  reason: z.string(),
  seconds: z.number(),
});

async function backtest(files: readonly string[], ...more: string[]) {
  const ran = await almanac(["backtest", "milk-mx", "--files", ...files, "--trials", "1", "--json", ...more]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out.trim().split("\n")).toHaveLength(1);
  return shape.parse(lastJson(ran));
}

type Result = Awaited<ReturnType<typeof backtest>>;

/** Removes the measured times. */
function timeless({ seconds: _, ...result }: Result) {
  return { ...result, contenders: result.contenders.map(({ seconds: __, ...contender }) => contender) };
}

const errorOf = ({ contenders }: Result, name: string) =>
  contenders.find((one) => one.name === name)?.rmse ?? Number.NaN;

test("the same publications give the same result in any order and with any number of threads", async () => {
  const files = [lively.periods - 1, lively.periods].map((periods) => {
    const { name, bytes } = livelyPublication({ periods });
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
  const only = ["--only", "ridge,gradient-boosting"];
  const [one, other] = [
    await backtest(files, "--threads", "1", ...only),
    await backtest([...files].reverse(), "--threads", "3", ...only),
  ];
  expect(timeless(other)).toEqual(timeless(one));
  expect(errorOf(one, one.champion)).toBeLessThan(errorOf(one, "naive"));
});

test("an exported model returns the outputs in rows.csv in an ONNX runtime", async () => {
  const { name, bytes } = livelyPublication({ periods: lively.periods });
  writeFileSync(join(folder, name), bytes);
  const out = join(folder, "exported");
  const options = ["--trials", "1", "--only", "gradient-boosting", "--out", out, "--json"];
  const result = lastJson(await almanac(["export", "milk-mx", "--files", join(folder, name), ...options]));
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
});

const real = "../shared/data/milk-mx";
const isThere = existsSync(real);
if (!isThere) console.log(`skipped with real publications: ${real} is not there`);

describe.skipIf(!isThere)("on real publications", () => {
  const files = [join(real, "Leche08012025.xlsx")];

  test("the champion's error is not above the baseline's, and changes are predicted better than by chance", async () => {
    const result = await backtest(files, "--only", "hurdle");
    expect(errorOf(result, result.champion)).toBeLessThanOrEqual(errorOf(result, "naive"));
    expect(result.change.auc).toBeGreaterThanOrEqual(0.75);
    expect(result.change.brier).toBeLessThan(result.change.brierBase);
  }, 120_000);

  test("--until ignores data after that day", async () => {
    const result = await backtest(files, "--until", "2024-06-30", "--only", "ridge");
    expect(result.test.to).toBe("2024-06-28");
    expect(result.contenders.map(({ name }) => name)).toContain("naive");
  }, 120_000);
});

const daily = "../shared/data/gold/Daily.csv";

describe.skipIf(!existsSync(daily))("the real prices of gold (../shared/data/gold)", () => {
  test("no candidate beats the baseline, the reason states the p-value, and a second run gives the same result", async () => {
    const args = ["backtest", "gold", "--files", daily, "--trials", "1", "--only", "ridge,gradient-boosting", "--json"];
    const runs = await Promise.all([almanac([...args, "--threads", "1"]), almanac([...args, "--threads", "2"])]);
    const [one, other] = runs.map((ran) => shape.omit({ forecast: true, change: true }).parse(lastJson(ran)));
    if (!one || !other) throw new Error("there were two runs");
    const bare = ({ contenders, seconds: _, ...result }: typeof one) => ({
      ...result,
      contenders: contenders.map(({ seconds: __, ...contender }) => contender),
    });
    expect(bare(other)).toEqual(bare(one));
    const lineOf = (name: string) => one.contenders.find((contender) => contender.name === name);
    expect(one.champion).toBe("naive");
    expect(one.reason).toMatch(/not significantly better than the baseline \(p = 0\.\d+\)/);
    expect(one.intervals).toMatchObject({ of: "naive", scaledBy: "EUR_spread" });
    for (const { coverage80, coverage95 } of [lineOf("naive"), lineOf("ridge")].filter((line) => line !== undefined)) {
      expect(coverage80).toBeGreaterThan(0.77);
      expect(coverage80).toBeLessThan(0.86);
      expect(coverage95).toBeGreaterThan(0.93);
    }
  }, 120_000);
});
