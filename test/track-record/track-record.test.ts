import { expect, test } from "vitest";
import { addDays } from "../../shared/lib/calendar.ts";
import type { PublishedScore } from "../../shared/track-record/published-score.ts";
import { addSums, noSums, sumByPeriod, sumBySeries } from "../../shared/track-record/score-sums.ts";
import { bestAndWorst, trackRecord } from "../../shared/track-record/track-record.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";

function score(change: Partial<PublishedScore>): PublishedScore {
  return {
    ...{ set: "series", series: { city: "A" }, origin: "2026-01-01", role: "champion", revision: 1, step: 1 },
    ...{
      target: "2026-01-02",
      counts: "headline",
      version: "v1-test",
      servedBy: "changes",
      actual: 20,
      low90: 19,
      high90: 21,
    },
    ...{ error: 0.5, loss: 1, baselineLoss: 2, covered: [false, true, true, true], exact: false },
    ...change,
  };
}

/** Returns scores of two series in some periods. The model's loss is the baseline's minus `gain`, with noise. */
function history(periods: number, gain: number, { step = 1, from = "2026-01-02" } = {}): PublishedScore[] {
  const random = seededRandom(3);
  return Array.from({ length: periods }, (_, at) => addDays(from, at)).flatMap((target) =>
    ["A", "B"].map((city) => {
      const baselineLoss = 3 + random();
      return score({ target, step, series: { city }, baselineLoss, loss: baselineLoss - gain + seededNormal(random) });
    }),
  );
}

test("sums of parts add up to the sums of all, and only headline scores count", () => {
  const scores = [...history(5, 1), score({ covered: null, exact: null, baselineLoss: null })];
  const excluded = (["revision", "backfill", "shadow"] as const).map((counts) => score({ counts, loss: 100 }));
  const byPeriod = sumByPeriod([...scores, ...excluded]);
  const bySeries = sumBySeries([...scores, ...excluded]);
  const [total, other] = [byPeriod, bySeries].map((sums) => sums.reduce((sum, one) => addSums(sum, one), noSums));
  expect(byPeriod.map(({ target }) => target)).toEqual([...new Set(scores.map(({ target }) => target))]);
  expect(total).toMatchObject({ rows: 11, compared: 10, banded: 10, covered: [0, 10, 10, 10], pointed: 10, exact: 0 });
  expect(total?.loss).toBeCloseTo(
    scores.reduce((sum, { loss }) => sum + loss, 0),
    10,
  );
  expect(other?.baselineLoss).toBeCloseTo(total?.baselineLoss ?? 0, 10);
});

test("the record has the last 30, the last 90 and all periods, with skill against the baseline in the same predictions", () => {
  const scores = history(100, 1);
  const record = trackRecord(sumByPeriod(scores), { step: 1, set: "series" });
  expect(record?.windows.map(({ periods, isAll }) => [periods, isAll])).toEqual([
    [30, false],
    [90, false],
    [100, true],
  ]);
  const all = record?.windows.at(-1);
  const sumOf = (of: (one: PublishedScore) => number) => scores.reduce((sum, one) => sum + of(one), 0);
  expect(all?.skill).toBeCloseTo(1 - sumOf(({ loss }) => loss) / sumOf(({ baselineLoss }) => baselineLoss ?? 0), 10);
  expect(all).toMatchObject({ from: "2026-01-02", to: "2026-04-11", meanAbsoluteError: 0.5, exact: 0 });
  expect(all?.coverage).toContainEqual({ level: 0.8, share: 1 });
  expect(record).toMatchObject({ claim: "better", differing: 100 });
  expect(record?.sequence?.low).toBeLessThan(all?.skill ?? 0);
  expect(record?.sequence?.high).toBeGreaterThan(all?.skill ?? 0);
});

test("nothing is claimed before 30 periods, without a difference, or if the baseline served", () => {
  const claim = (scores: readonly PublishedScore[], step = 1) =>
    trackRecord(sumByPeriod(scores), { step, set: "series" })?.claim;
  expect(claim(history(29, 2))).toBe("no difference shown yet");
  expect(claim(history(30, 2))).toBe("better");
  expect(claim(history(60, -2))).toBe("worse");
  expect(claim(history(60, 0))).toBe("no difference shown yet");
  expect(claim(history(60, 2, { step: 3 }), 3)).toBe("no difference shown yet");
  expect(claim(history(90, 2, { step: 3 }), 3)).toBe("better");
  const own = history(60, 0).map((one) => ({ ...one, loss: one.baselineLoss ?? 0 }));
  expect(trackRecord(sumByPeriod(own), { step: 1, set: "series" })).toMatchObject({
    claim: "no difference shown yet",
    differing: 0,
    sequence: { low: 0, high: 0 },
  });
  expect(trackRecord([], { step: 1, set: "series" })).toBeNull();
});

test("the best and the worst series are those with the highest and the lowest skill, and no series is both", () => {
  const of = (city: string, loss: number, baselineLoss = 1) =>
    Array.from({ length: 12 }, (_, at) =>
      score({ series: { city }, target: addDays("2026-01-02", at), loss, baselineLoss }),
    );
  const scores = [...of("B", 0.9), ...of("A", 0.5), ...of("C", 1.5), ...of("never", 0, 0), ...of("D", 1).slice(0, 3)];
  const { best, worst } = bestAndWorst(sumBySeries(scores), { step: 1, set: "series" }, 3);
  expect(best).toEqual([{ series: { city: "A" }, periods: 12, skill: 0.5, meanAbsoluteError: 0.5 }]);
  expect(worst).toMatchObject([{ series: { city: "C" }, skill: -0.5 }]);
});

test("where every prediction is the baseline's own, no series is the best or the worst", () => {
  const equal = ["A", "B", "C"].flatMap((city) =>
    Array.from({ length: 12 }, (_, at) =>
      score({ series: { city }, target: addDays("2026-01-02", at), loss: 2, baselineLoss: 2 }),
    ),
  );
  const lists = bestAndWorst(sumBySeries(equal), { step: 1, set: "series" }, 3);
  expect(lists).toEqual({ best: [], worst: [] });
});
