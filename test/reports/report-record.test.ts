import { expect, test } from "vitest";
import { gold } from "../../shared/forecasts/gold.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { headlineSet, pastForecasts, reportRecord } from "../../shared/reports/report-record.ts";
import type { PublishedScore } from "../../shared/track-record/published-score.ts";
import type { TrackRecord } from "../../shared/track-record/track-record.ts";

const window = { from: "2026-01-02", to: "2026-03-02", loss: 1, baselineLoss: 2, skill: 0.5, meanAbsoluteError: 1 };
const record: TrackRecord = {
  step: 1,
  set: "series",
  windows: [
    { ...window, periods: 30, isAll: false, exact: null, coverage: [] },
    { ...window, periods: 60, isAll: true, exact: null, coverage: [{ level: 0.8, share: 0.7 }] },
  ],
  sequence: { low: 0.1, high: 0.9 },
  claim: "better",
  differing: 60,
};

test("a report has the confidence sequence of all periods only", () => {
  expect(reportRecord(record, "naive")).toEqual({
    ...{ from: "2026-01-02", to: "2026-03-02", publications: 60, baseline: "naive" },
    windows: [
      { publications: 30, isAll: false, skill: 0.5, low: null, high: null },
      { publications: 60, isAll: true, skill: 0.5, low: 0.1, high: 0.9 },
    ],
    coverage: [{ level: 0.8, share: 0.7 }],
  });
});

test("past forecasts are those of the headline level that counted, oldest first", () => {
  const score: PublishedScore = {
    ...{
      set: "nation",
      series: {},
      origin: "2026-01-01",
      role: "champion",
      revision: 1,
      step: 1,
      target: "2026-01-02",
    },
    ...{ counts: "headline", version: "v1-test", servedBy: "drift", actual: 20, low90: 18, high90: 21, error: 0.5 },
    ...{ loss: 1, baselineLoss: 1, covered: null, exact: false },
  };
  const scores = [
    { ...score, target: "2026-01-03", origin: "2026-01-02" },
    score,
    { ...score, set: "state" },
    { ...score, step: 2 },
    { ...score, counts: "backfill" } as const,
    { ...score, low90: null },
  ];
  const past = { median: 19.5, low: 18, high: 21, actual: 20 };
  expect(pastForecasts(scores, headlineSet(milkMx))).toEqual([
    { period: "2026-01-02", origin: "2026-01-01", ...past },
    { period: "2026-01-03", origin: "2026-01-02", ...past },
  ]);
  expect([headlineSet(milkMx), headlineSet(gold), headlineSet({ dimensions: ["city"] })]).toEqual([
    "nation",
    "series",
    null,
  ]);
});
