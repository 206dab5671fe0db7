/** `almanac backtest` of the classification, with its JSON output. */
import { expect } from "vitest";
import { z } from "zod";
import { calibrationBinShape, classificationShape, spanShape } from "../../shared/registry/card.ts";
import { lastJson } from "./command.ts";
import { almanacHere } from "./command-here.ts";

const share = z.number().min(0).max(1);
const shape = z.looseObject({
  forecast: z.literal("sickness"),
  validation: spanShape,
  test: spanShape,
  contenders: z.array(
    classificationShape
      .extend({
        name: z.string(),
        skill: z.number().nullable(),
        pValue: share.nullable(),
        gateP: share.nullable(),
        seconds: z.number(),
      })
      .strict(),
  ),
  champion: z.string(),
  naive: z.enum(["base-rate", "state-frequency"]),
  decision: z.object({
    of: z.string(),
    labels: z.object({ event: z.literal("sick"), otherwise: z.literal("healthy") }),
    threshold: share,
  }),
  calibration: z.object({ of: z.string(), origins: spanShape, bins: z.array(calibrationBinShape) }),
  lineage: z.looseObject({ feed: z.literal("open-meteo-air-quality"), variable: z.literal("sick") }),
  dataHash: z.string(),
  reason: z.string(),
  seconds: z.number(),
});

export type ClassBacktest = z.infer<typeof shape>;

export async function backtestClasses(files: readonly string[], ...more: string[]): Promise<ClassBacktest> {
  const ran = await almanacHere(["backtest", "sickness", "--files", ...files, "--json", ...more]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  return shape.parse(lastJson(ran));
}

/** Checks that the champion is not worse than the baseline, and that threshold, calibration and reason are the champion's. */
export function expectHonest(result: ClassBacktest): void {
  const brierOf = (name: string) => result.contenders.find((one) => one.name === name)?.brier ?? Number.NaN;
  expect(brierOf(result.champion)).toBeLessThanOrEqual(brierOf(result.naive));
  expect(result.decision.of).toBe(result.champion);
  expect(result.contenders.find(({ name }) => name === result.champion)?.threshold).toBe(result.decision.threshold);
  const { bins, origins } = result.calibration;
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(origins.rows);
  expect(origins.to).toBe(result.validation.to);
  expect(origins.from < result.validation.from).toBe(true);
  // The gate tests only contenders that are ahead of the baseline on validation.
  const isTested = !result.reason.includes("no other contender was better on validation");
  const { from, to } = isTested ? result.test : result.validation;
  expect(result.reason).toContain(`${from} to ${to}`);
  if (isTested) expect(result.reason).toMatch(/p [=<] [\d.]/);
  expect(result.contenders.map(({ brier }) => brier)).toEqual(result.contenders.map(({ brier }) => brier).sort());
}
