/** `almanac backtest` of regressions, with its JSON output. */
import { expect } from "vitest";
import { z } from "zod";
import { changeMetricsShape, contenderShape, spanShape } from "../../shared/registry/card.ts";
import { lastJson } from "./command.ts";
import { almanacHere } from "./command-here.ts";

const share = z.number().min(0).max(1);
const positive = z.number().min(0);
const byLevel = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ "50": value, "80": value, "90": value, "95": value });

/** The scores of a contender's distribution. */
const stepShape = z.strictObject({
  step: z.literal(1),
  from: z.enum(["changes", "location-scale", "symmetric"]),
  weights: z.record(z.string(), positive).nullable(),
  crps: positive,
  wis: positive,
  meanPinballLoss: positive,
  rmse: positive,
  mae: positive,
  exact: share,
  coverage: byLevel(share),
  fractionalCoverage: byLevel(share),
  width: byLevel(positive),
  probabilities: z.strictObject({ logLoss: positive, brier: positive }).nullable(),
});

const pointShape = z.looseObject({ kind: z.string() });

const shape = z.looseObject({
  observations: z.int().min(1),
  problems: z.int().min(0),
  validation: spanShape,
  test: spanShape,
  contenders: z.array(
    contenderShape
      .omit({ candidate: true, recipe: true, note: true })
      .extend({ steps: z.array(stepShape).length(1) })
      .strict(),
  ),
  steps: z.array(
    z.looseObject({
      of: z.string(),
      step: z.int().min(1),
      test: spanShape,
      baseline: z.looseObject({ point: pointShape }),
      contenders: z.array(z.looseObject({ point: pointShape, rmse: positive, skill: z.number().nullable() })).min(1),
      distribution: z.looseObject({ crps: positive, wis: positive, rmse: positive, mae: positive }).nullable(),
    }),
  ),
  headlines: z.array(z.looseObject({ of: z.string(), blocks: z.int(), pValue: z.number().nullable() })),
  champion: z.string(),
  change: changeMetricsShape.nullable(),
  reason: z.string(),
  seconds: z.number(),
});

export type Backtest = z.infer<typeof shape>;

/** Runs one trial of each candidate. The command must end with code 0 and print one line. */
export async function backtest(forecast: string, files: readonly string[], ...more: string[]): Promise<Backtest> {
  const ran = await almanacHere(["backtest", forecast, "--files", ...files, "--trials", "1", "--json", ...more]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out.trim().split("\n")).toHaveLength(1);
  return shape.extend({ forecast: z.literal(forecast) }).parse(lastJson(ran));
}

/** Removes the measured times, at any depth. */
export function timeless(result: object): unknown {
  return JSON.parse(JSON.stringify(result, (name, value: unknown) => (name === "seconds" ? undefined : value)));
}

/** Returns the RMSE of a contender; NaN if there is none of this name. */
export function errorOf({ contenders }: Backtest, name: string): number {
  return contenders.find((one) => one.name === name)?.rmse ?? Number.NaN;
}

/** Returns the skill of the baseline that serves a step of the series. Throws if the step was not judged. */
export function servedSkill({ steps }: Backtest, step: number): number | null {
  const found = steps.find((one) => one.of === "series" && one.step === step);
  const served = found?.contenders.find(({ point }) => point.kind === found.baseline.point.kind);
  if (served === undefined) throw new Error(`step ${step} was not judged`);
  return served.skill;
}

/** Returns the scores of a contender's distribution. Throws if there are none. */
export function stepOf({ contenders }: Backtest, name: string): z.infer<typeof stepShape> {
  const step = contenders.find((one) => one.name === name)?.steps[0];
  if (step === undefined) throw new Error(`${name} has no scores of its distribution`);
  return step;
}

const learnerShape = z.object({
  contender: z.enum(["reference", "baseline", "pooled", "own"]),
  step: z.int().min(1),
  error: positive,
  skill: z.number().nullable(),
  pValue: share.nullable(),
  test: z.object({ rows: z.int().min(1), distribution: z.looseObject({ crps: positive, width: byLevel(positive) }) }),
});

/** Checks that every contender has scores at every step, and that the baselines stay where nothing passes. */
export function expectLearners({ learners }: Backtest, steps: readonly number[]): void {
  const { contenders, gate } = z
    .looseObject({ contenders: z.array(learnerShape), gate: z.looseObject({ pBaseline: share }) })
    .parse(learners);
  expect(contenders.map(({ contender, step }) => `${step} ${contender}`)).toEqual(
    steps.flatMap((step) => ["reference", "baseline", "pooled", "own"].map((name) => `${step} ${name}`)),
  );
  expect(gate.pBaseline).toBeGreaterThan(0.01);
}

/** Checks that gold's baseline is the champion for a stated reason, and that intervals have their coverage. */
export function expectGoldBaseline(result: Backtest): void {
  expect(result.champion).toBe("naive");
  expect(result.reason).toMatch(
    /^The baseline serves: .*none beat it beyond chance on the test window.* \(p = 0\.\d+\)/,
  );
  expect(result["intervals"]).toMatchObject({ of: "naive", scaledBy: "EUR_spread" });
  const lines = result.contenders.filter(({ name }) => name === "naive" || name === "ridge");
  expect(lines).toHaveLength(2);
  for (const { coverage80, coverage95 } of lines) {
    expect(coverage80).toBeGreaterThan(0.77);
    expect(coverage80).toBeLessThan(0.86);
    expect(coverage95).toBeGreaterThan(0.93);
  }
  const step = stepOf(result, "naive");
  expect(step.from).toBe("location-scale");
  for (const level of ["50", "80", "90", "95"] as const) {
    expect(Math.abs(step.coverage[level] - Number(level) / 100)).toBeLessThan(0.04);
  }
}
