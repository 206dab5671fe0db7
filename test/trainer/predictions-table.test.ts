/** Tests the output of `almanac predict` and `almanac models` for a regression and a classification. */
import { expect, test } from "vitest";
import { batchAnswerShape, pathStepShape, singleAnswerShape } from "../../shared/api/predict.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { answerRows as answerOf, prepareRows } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { errorOf } from "../../trainer/commands/models.ts";
import { allTable, answerRows, pathTable } from "../../trainer/predictions-table.ts";
import { instanceOf, snapshotOf } from "../support/served.ts";
import { classSnapshot, naiveAfter, threshold } from "../support/served-classes.ts";
import { goldSnapshot } from "../support/served-gold.ts";

function answerTo(snapshot: Snapshot, request: Parameters<typeof prepareRows>[1]): unknown {
  const prepared = prepareRows(snapshot, request, { textNumbers: false, partial: false, explain: null });
  if (!prepared.ok) throw new Error(prepared.error.detail);
  return answerOf(snapshot, { ...prepared.value, kind: request.kind, stale: false });
}

function shownAnswer(
  forecast: Forecast,
  snapshot: Snapshot,
  instance: Record<string, unknown>,
): Record<string, string> {
  const answer = singleAnswerShape.parse(answerTo(snapshot, { kind: "single", instance }));
  return Object.fromEntries(answerRows(forecast, answer));
}

test("a classification shows its label, the probability of the event, the threshold and the baseline, without intervals", () => {
  const result = shownAnswer(sickness, classSnapshot(), { ozone: 60 });
  expect(result).toEqual({
    label: "sick",
    probability: expect.stringMatching(/^0\.\d+ of sick$/),
    threshold: String(threshold),
    baseline: naiveAfter[1]?.toFixed(4),
    last: "sick on 2024-07-30",
  });
  expect(shownAnswer(sickness, classSnapshot(), { ozone: 20 }).label).toBe("healthy");
});

test("the table of a classification has a column of labels", () => {
  const answer = batchAnswerShape.parse(answerTo(classSnapshot(), { kind: "batch", instances: [{ ozone: 20 }] }));
  const [header = "", line = ""] = allTable(sickness, answer).split("\n");
  expect(header.trim().split(/ {2,}/)).toEqual(["last", "probability", "label"]);
  expect(line).toMatch(/^sick +0\.\d+(e-\d+)? +healthy$/);
});

test("a regression shows its unit, its intervals and the difference", () => {
  const result = shownAnswer(gold, goldSnapshot(), {});
  expect(Object.keys(result)).toEqual(["predicted_price", "gold_diff", "80 % interval", "95 % interval", "last"]);
  expect(result.predicted_price).toMatch(/ EUR\/ozt$/);
  expect(result.last).toMatch(/ on 2016-12-30$/);
});

test("a distribution shows the mean, the probabilities, and that of a value above the requested one", () => {
  const result = shownAnswer(milkMx, snapshotOf({ hasChanges: true }), instanceOf(0, { above: 25.4 }));
  expect(result).toMatchObject({
    expected: expect.stringMatching(/^25\.\d+$/),
    "down, same, up": expect.stringMatching(/^0\.0981, 0\.6078, 0\.2941$/),
    "above 25.4": expect.stringMatching(/^0\.294/),
  });
});

test("a group shows of how many series it is the mean", () => {
  const { predictions, ...head } = batchAnswerShape.parse(
    answerTo(snapshotOf({ hasChanges: true }), { kind: "batch", instances: [instanceOf(0)] }),
  );
  const group = singleAnswerShape.parse({ ...head, ...predictions[0], series: { Estado: "Jalisco" }, series_count: 8 });
  expect(Object.fromEntries(answerRows(milkMx, group))).toMatchObject({ Estado: "Jalisco", "mean of": "8 series" });
});

test("a path shows each step with its period, prediction, interval and what serves it", () => {
  const numbers = { interval50: null, interval80: [25, 26.5], interval90: null, interval95: null, quantiles: null };
  const path = [
    { step: 1, target_period: "2024-08-02", predicted_price: 25.25, served_by: "changes", ...numbers },
    { step: 2, target_period: "2024-08-05", predicted_price: 25.5, served_by: "drift", ...numbers, interval80: null },
  ].map((one) => pathStepShape.parse(one));
  expect(pathTable(milkMx, path).split("\n")).toEqual([
    "step  period      predicted_price  80 %           served by",
    "   1  2024-08-02            25.25  25 to 26.5     changes",
    "   2  2024-08-05             25.5  not available  drift",
  ]);
});

test("the path of a classification shows probabilities without intervals", () => {
  const step = pathStepShape.parse({ step: 1, target_period: "2024-08-01", probability: 0.5, served_by: "base-rate" });
  expect(pathTable(sickness, [step]).split("\n")).toEqual([
    "step  period      probability  served by",
    "   1  2024-08-01       0.5000  base-rate",
  ]);
});

test("a model's test error is shown in the forecast's metric", () => {
  expect(errorOf({ forecast: sickness.id, rmse: 0.5 })).toBe("Brier 0.2500");
  expect(errorOf({ forecast: milkMx.id, rmse: 0.5 })).toBe("RMSE 0.5000");
  expect(errorOf({ forecast: sickness.id, rmse: null })).toBe("–");
});
