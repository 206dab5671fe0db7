/** Tests the JSON output of `almanac backtest` for a classification, on simulated and on real air. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { calibrationBinShape, classificationShape, spanShape } from "../../shared/registry/card.ts";
import { almanac, lastJson } from "../support/command.ts";
import { airFile } from "../support/simulated-air.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-backtest-classes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const share = z.number().min(0).max(1);
const shape = z.looseObject({
  forecast: z.literal("sickness"),
  validation: spanShape,
  test: spanShape,
  contenders: z.array(
    classificationShape
      .extend({ name: z.string(), skill: z.number().nullable(), pValue: share.nullable(), seconds: z.number() })
      .strict(),
  ),
  champion: z.string(),
  naive: z.enum(["base-rate", "state-frequency"]),
  decision: z.object({
    of: z.string(),
    labels: z.object({ event: z.literal("sick"), otherwise: z.literal("healthy") }),
    threshold: share,
  }),
  calibration: z.object({ of: z.string(), bins: z.array(calibrationBinShape) }),
  lineage: z.looseObject({ feed: z.literal("open-meteo-air-quality"), variable: z.literal("sick") }),
  dataHash: z.string(),
  reason: z.string(),
  seconds: z.number(),
});

async function backtest(files: readonly string[], ...more: string[]) {
  const ran = await almanac(["backtest", "sickness", "--files", ...files, "--json", ...more]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  return shape.parse(lastJson(ran));
}

type Result = Awaited<ReturnType<typeof backtest>>;

/** Removes the measured times. */
function timeless({ seconds: _, ...result }: Result) {
  return { ...result, contenders: result.contenders.map(({ seconds: __, ...contender }) => contender) };
}

const brierOf = ({ contenders }: Result, name: string) =>
  contenders.find((one) => one.name === name)?.brier ?? Number.NaN;

function expectHonest(result: Result): void {
  expect(brierOf(result, result.champion)).toBeLessThanOrEqual(brierOf(result, result.naive));
  expect(result.decision.of).toBe(result.champion);
  expect(result.contenders.find(({ name }) => name === result.champion)?.threshold).toBe(result.decision.threshold);
  expect(result.calibration.bins.reduce((sum, { count }) => sum + count, 0)).toBe(result.test.rows);
  expect(result.reason).toContain(`${result.test.from} to ${result.test.to}`);
  expect(result.reason).toMatch(/p [=<] [\d.]/);
  expect(result.contenders.map(({ brier }) => brier)).toEqual(result.contenders.map(({ brier }) => brier).sort());
}

test("the same data gives the same result with any number of threads", async () => {
  const { name, bytes } = airFile(1, 160);
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const short = ["--trials", "1", "--only", "logistic,random-forest"];
  const one = await backtest([file], "--threads", "1", ...short);
  expectHonest(one);
  expect(one.contenders.map(({ name }) => name).sort()).toEqual(
    ["average", "base-rate", "logistic", "random-forest", "state-frequency"].sort(),
  );
  expect(timeless(await backtest([file], "--threads", "2", ...short))).toEqual(timeless(one));
});

const real = "../shared/data/sickness";
const isThere = existsSync(real);
if (!isThere) console.log(`skipped with real air: ${real} is not there`);

describe.skipIf(!isThere)("on real air", () => {
  const files = isThere ? readdirSync(real).map((name) => join(real, name)) : [];

  test("the champion's Brier score is not above the baseline's, and a second run gives the same result", async () => {
    const result = await backtest(files, "--trials", "2");
    expectHonest(result);
    expect(timeless(await backtest([...files].reverse(), "--trials", "2"))).toEqual(timeless(result));
  }, 120_000);
});
