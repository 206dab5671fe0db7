/** What `almanac predict` and `almanac models` tell people of a regression and of a classification. */
import { expect, test } from "vitest";
import { batchAnswerShape, singleAnswerShape } from "../../shared/api/predict.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { answerRows as answered, prepareRows } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { errorOf } from "../../trainer/commands/models.ts";
import { allTable, answerRows } from "../../trainer/predictions-table.ts";
import { classSnapshot, naiveAfter, threshold } from "../support/served-classes.ts";
import { goldSnapshot } from "../support/served-gold.ts";

function asked(snapshot: Snapshot, request: Parameters<typeof prepareRows>[1]): unknown {
  const prepared = prepareRows(snapshot, request, { textNumbers: false, partial: false, explain: null });
  if (!prepared.ok) throw new Error(prepared.refusal.detail);
  return answered(snapshot, { ...prepared, kind: request.kind, stale: false });
}

function one(forecast: Forecast, snapshot: Snapshot, instance: Record<string, unknown>): Record<string, string> {
  const answer = singleAnswerShape.parse(asked(snapshot, { kind: "single", instance }));
  return Object.fromEntries(answerRows(forecast, answer));
}

test("a classification is told by its label, its probability of the event and what decides, without intervals", () => {
  const told = one(sickness, classSnapshot(), { ozone: 60 });
  expect(told).toEqual({
    label: "sick",
    probability: expect.stringMatching(/^0\.\d+ of sick$/),
    threshold: String(threshold),
    naive: String(naiveAfter[1]),
    last: "sick on 2024-07-30",
  });
  expect(one(sickness, classSnapshot(), { ozone: 20 }).label).toBe("healthy");
});

test("all series of a classification have their labels in a column", () => {
  const answer = batchAnswerShape.parse(asked(classSnapshot(), { kind: "batch", instances: [{ ozone: 20 }] }));
  const [header = "", line = ""] = allTable(sickness, answer).split("\n");
  expect(header.trim().split(/ {2,}/)).toEqual(["last", "probability", "label"]);
  expect(line).toMatch(/^sick +0\.\d+(e-\d+)? +healthy$/);
});

test("a regression is told in its unit, with its intervals and the change", () => {
  const told = one(gold, goldSnapshot(), {});
  expect(Object.keys(told)).toEqual(["predicted_price", "gold_diff", "in 80 % of cases", "in 95 % of cases", "last"]);
  expect(told.predicted_price).toMatch(/ EUR\/ozt$/);
  expect(told.last).toMatch(/ on 2016-12-30$/);
});

test("a model's error on the test window is told in its forecast's own measure", () => {
  expect(errorOf({ forecast: sickness.id, rmse: 0.5 })).toBe("Brier 0.2500");
  expect(errorOf({ forecast: milkMx.id, rmse: 0.5 })).toBe("RMSE 0.5000");
  expect(errorOf({ forecast: sickness.id, rmse: null })).toBe("–");
});
