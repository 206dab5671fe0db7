/** The JSON of an answer, with cached features. */
import { expect, test } from "vitest";
import { answerJson, singleAnswerJson } from "../../shared/predict/answer-json.ts";
import { explainerOf } from "../../shared/predict/load-model.ts";
import { answerRows, type PredictRequest, predictRows, prepareRows } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { instanceOf, servable, snapshotOf } from "../support/served.ts";
import { classSnapshot } from "../support/served-classes.ts";
import { goldSnapshot } from "../support/served-gold.ts";

const milk = snapshotOf();
const explain = explainerOf(servable().model, milk.model.card);
const wrong = { ...instanceOf(0), Canal: "Autoservicio" };
const other = instanceOf(1, { target_period: "2026-12-01", Precio_lag1: 23.45, Precio_mean7: 23.5 });

interface Asked {
  readonly what: string;
  readonly from: Snapshot;
  readonly request: PredictRequest;
  readonly explained?: boolean;
}

const single = (instance: Record<string, unknown>): PredictRequest => ({ kind: "single", instance });
const batch = (...instances: readonly unknown[]): PredictRequest => ({ kind: "batch", instances });
const requests: readonly Asked[] = [
  { what: "a series", from: milk, request: single(instanceOf(0)) },
  { what: "an explained series", from: milk, request: single(instanceOf(0)), explained: true },
  { what: "supplied features", from: milk, request: single(instanceOf(0, { Precio_lag1: 23.1 })) },
  { what: "a hypothesis", from: milk, request: single(other) },
  { what: "a batch with one invalid instance", from: milk, request: batch(instanceOf(1), wrong, other, instanceOf(0)) },
  { what: "an explained batch", from: milk, request: batch(instanceOf(1), other), explained: true },
  { what: "all series", from: milk, request: { kind: "all", from: 0 } },
  { what: "gold", from: goldSnapshot(), request: single({}) },
  { what: "a classification", from: classSnapshot(), request: single({}) },
  { what: "a classification with supplied features", from: classSnapshot(), request: batch({ ozone: 80 }, {}) },
];

test.each(requests)(
  "$what has the same text as JSON.stringify writes, without and with the cache",
  ({ from, request, explained }) => {
    const texts = [1, 2].map(() => {
      const options = { textNumbers: false, partial: true, explain: explained ? explain : null };
      const prepared = prepareRows(from, request, options);
      if (!prepared.ok) throw new Error(prepared.error.detail);
      const answer = answerRows(from, { ...prepared.value, kind: request.kind, stale: false });
      const text = answerJson(answer, { cache: from.seriesCache, withFeatures: true });
      expect(text).toBe(JSON.stringify(answer));
      const [first] = predictRows(from, prepared.value);
      if (request.kind === "single" && first)
        expect(singleAnswerJson(from.heads.fresh, first, { cache: from.seriesCache, withFeatures: true })).toBe(text);
      return text;
    });
    expect(texts[1]).toBe(texts[0]);
  },
);

test("a supplied feature changes its own answer, and not the cache", () => {
  const ask = (instance: Record<string, unknown>) => {
    const prepared = prepareRows(
      milk,
      { kind: "single", instance },
      { textNumbers: false, partial: false, explain: null },
    );
    if (!prepared.ok) throw new Error(prepared.error.detail);
    return JSON.parse(
      answerJson(answerRows(milk, { ...prepared.value, kind: "single", stale: false }), {
        cache: milk.seriesCache,
        withFeatures: true,
      }),
    );
  };
  const before = ask(instanceOf(0));
  const given = ask(instanceOf(0, { Precio_lag1: 1.5 }));
  expect(given.features).toEqual({ ...before.features, Precio_lag1: 1.5 });
  expect(given.predicted_price).not.toBe(before.predicted_price);
  expect(ask(instanceOf(0))).toEqual(before);
});
