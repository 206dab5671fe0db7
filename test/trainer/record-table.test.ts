import { expect, test } from "vitest";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import type { TrackRecord } from "../../shared/track-record/track-record.ts";
import { claimText, recordTable, seriesTable } from "../../trainer/record-table.ts";

const window = {
  ...{
    from: "2026-01-02",
    to: "2026-03-02",
    periods: 60,
    isAll: true,
    loss: 0.0812,
    baselineLoss: 0.09,
    skill: 0.0978,
  },
  ...{ meanAbsoluteError: 0.1, exact: 0.861, coverage: [{ level: 0.8, share: 0.93 }] },
};
const record: TrackRecord = {
  ...{ step: 1, set: "series", windows: [{ ...window, periods: 30, isAll: false, skill: null }, window] },
  ...{ sequence: { low: 0.012, high: 0.2 }, claim: "better", differing: 60 },
};

test("the table has a row per window and the claim below it", () => {
  const text = recordTable(milkMx, record);
  expect(text).toMatch(/periods +from +to +skill +CRPS +baseline +MAE +exact +in 80 %/);
  expect(text).toMatch(/last 30 +2026-01-02 +2026-03-02 +– /);
  expect(text).toMatch(/all 60 +2026-01-02 +2026-03-02 +9\.8 % +0\.0812 +0\.0900 +0\.100 +86\.1 % +93\.0 %/);
  expect(text.split("\n").at(-1)).toBe(
    "Better than the baseline: skill 9.8 % (95 % confidence sequence 1.2 to 20.0 %).",
  );
  const event = { ...record, windows: [{ ...window, exact: null, coverage: [] }] };
  expect(recordTable(sickness, event)).toMatch(/skill +Brier +baseline\n/);
});

test("without a shown difference the text states why", () => {
  expect(claimText({ ...record, claim: "no difference shown yet", sequence: { low: -0.1, high: 0.2 } })).toBe(
    "No difference from the baseline shown yet: skill 9.8 % (95 % confidence sequence -10.0 to 20.0 %).",
  );
  expect(claimText({ ...record, claim: "no difference shown yet", sequence: null, step: 3 })).toBe(
    "No difference from the baseline shown yet: the record needs at least 30 blocks of 3 periods.",
  );
  expect(claimText({ ...record, claim: "no difference shown yet", differing: 0 })).toContain("baseline's own");
});

test("the best and the worst series are listed with their names", () => {
  const series = { series: { Estado: "Jalisco", Canal: "Tiendas" }, periods: 40, skill: 0.5, meanAbsoluteError: 0.25 };
  expect(seriesTable([series], [{ ...series, skill: -0.2 }])).toMatch(
    /best +50\.0 % +0\.250 +40 +Jalisco, Tiendas\nworst +-20\.0 %/,
  );
  expect(seriesTable([], [])).toBe("");
});
