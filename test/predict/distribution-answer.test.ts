/** The answer of `/predict` for a model with distributions. */
import { describe, expect, test } from "vitest";
import { type BatchAnswer, batchAnswerShape, type SingleAnswer, singleAnswerShape } from "../../shared/api/predict.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { success } from "../../shared/lib/result.ts";
import { answerRows, type PredictRequest, prepareRows, readPredictRequest } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { historyOf, instanceOf, snapshotOf } from "../support/served.ts";
import { classSnapshot } from "../support/served-classes.ts";
import { goldHistory, goldModel } from "../support/served-gold.ts";
import { loadSnapshot } from "../support/snapshot.ts";

const milk = snapshotOf({ hasChanges: true });

interface AskOptions {
  readonly from?: Snapshot;
  /** The query parameter. */
  readonly above?: string;
  readonly partial?: boolean;
}

function ask(body: unknown, { from = milk, above, partial = false }: AskOptions = {}): unknown {
  const request = readPredictRequest(body);
  if (!request.ok) return request.error;
  return answerTo(request.value, from, { above, partial });
}

function answerTo(request: PredictRequest, from: Snapshot, options: { above: string | undefined; partial: boolean }) {
  const prepared = prepareRows(from, request, { textNumbers: false, explain: null, ...options });
  if (!prepared.ok) return prepared.error;
  return answerRows(from, { ...prepared.value, kind: request.kind, stale: false });
}

const single = (more: Record<string, unknown> = {}, options: AskOptions = {}): SingleAnswer =>
  singleAnswerShape.parse(ask(instanceOf(0, more), options));
const batch = (body: unknown, options: AskOptions = {}): BatchAnswer => batchAnswerShape.parse(ask(body, options));

/** The history with other values of the first series. */
function withValues(valueAt: (period: number, count: number) => number | null): Snapshot {
  const history = historyOf();
  const [first, ...others] = history.series;
  const values = history.periods.map((_, at) => valueAt(at, history.periods.length));
  return snapshotOf({ hasChanges: true }, { ...history, series: [{ is: first?.is ?? [], values }, ...others] });
}

test("has the median as its prediction, the mean, probabilities, nine quantiles and four intervals", () => {
  // The last value is 25.25, and the probability of a change 20/51: 0.1 down, 0.29 up (0.2 × 0.25 and 0.1 × 0.5).
  expect(single()).toMatchObject({
    predicted_price: 25.25,
    expected: expect.closeTo(25.25 + (20 / 51) * (0.5 * 0.25 - 0.25 * 0.1 + 0.25 * 0.5), 3),
    interval50: [25.25, 25.5],
    interval80: [25.25, 25.5],
    interval90: [25.15, 25.75],
    interval95: [25.15, 25.75],
    probabilities: {
      down: expect.closeTo(5 / 51, 3),
      same: expect.closeTo(31 / 51, 3),
      up: expect.closeTo(15 / 51, 3),
    },
    quantiles: {
      "0.025": 25.15,
      "0.05": 25.15,
      "0.1": 25.25,
      "0.25": 25.25,
      "0.5": 25.25,
      "0.75": 25.5,
      "0.9": 25.5,
      "0.95": 25.75,
      "0.975": 25.75,
    },
    change_probability: expect.closeTo(20 / 51, 3),
    naive: 25.25,
    last: { value: 25.25 },
  });
});

test("has probabilities with sum 1, and the change probability is the sum of down and up", () => {
  const { probabilities, change_probability } = single();
  const { down = 0, same = 0, up = 0 } = probabilities ?? {};
  expect(down + same + up).toBeCloseTo(1, 9);
  expect(change_probability).toBeCloseTo(down + up, 9);
});

test("is the same for a cached series, in a batch, and for the last value as a supplied feature", () => {
  const first = single();
  expect(single()).toEqual(first);
  const numbers = ["predicted_price", "expected", "probabilities", "quantiles", "interval95"] as const;
  const supplied = single({ Precio_lag1: 25.25 });
  const all = batch({ all: true }).predictions[0];
  for (const name of numbers) {
    expect(supplied[name]).toEqual(first[name]);
    expect(all).toMatchObject({ [name]: first[name] });
  }
});

test("the model of an earlier version, without a distribution, answers as before", () => {
  const received = single({}, { from: snapshotOf() });
  for (const name of ["expected", "quantiles", "probabilities", "interval50"])
    expect(received).not.toHaveProperty(name);
  expect(received).toMatchObject({ predicted_price: 25.75, interval95: [25, 26.5] });
});

describe("above", () => {
  const threshold = { value: 25.4, probability: expect.closeTo(15 / 51, 3) };

  test("adds P(value > above): as a query parameter, in an instance and in a body", () => {
    expect(single({}, { above: "25.4" }).above).toEqual(threshold);
    expect(single({ above: 25.4 }).above).toEqual(threshold);
    expect(batch({ instances: [instanceOf(0)], above: 25.4 }).predictions).toMatchObject([{ above: threshold }]);
    expect(batch({ all: true, above: 25.4 }).predictions[0]).toMatchObject({ above: threshold });
    expect(single()).not.toHaveProperty("above");
  });

  test("of an instance replaces that of the body, which replaces that of the query", () => {
    const instances = [instanceOf(0), instanceOf(0, { above: 25.4 })];
    const { predictions } = batch({ instances, above: 26 }, { above: "27" });
    expect(predictions).toMatchObject([{ above: { value: 26, probability: 0.0001 } }, { above: threshold }]);
  });

  test("is strict: at the last value it is the probability of a rise", () => {
    const { above, probabilities } = single({ above: 25.25 });
    expect(above?.probability).toBe(probabilities?.up);
  });

  test.each([
    ["thirty", '"thirty"', "above is not a number."],
    ["30", '"30"', "above is not a number."],
    [true, "true", "above is not a number."],
    [-1, "-1", "above is not a plausible value."],
    [1e13, "10000000000000", "above is not a plausible value."],
    [Number.POSITIVE_INFINITY, "Infinity", "above is not a plausible value."],
  ])("%s is refused with what was found", (value, found, detail) => {
    const expected = "a number from 0 to 1000000000000 in MXN/l, as in 30";
    const refusal = { kind: "unprocessable", field: "above", detail, found, expected };
    expect(ask(instanceOf(0, { above: value }))).toEqual(refusal);
    expect(ask({ instances: [instanceOf(0)], above: value })).toEqual(refusal);
  });

  test.each(["", "abc", "NaN", "0x10", "1e400"])("%j in the query is refused", (above) => {
    expect(ask(instanceOf(0), { above })).toMatchObject({ kind: "unprocessable", field: "above", found: above });
  });

  test("of one instance fails alone in a partial batch", () => {
    const instances = [instanceOf(0, { above: "x" }), instanceOf(1, { above: 20 })];
    const { predictions } = batch({ instances }, { partial: true });
    expect(predictions).toMatchObject([{ index: 0, error: { status: 422, field: "above" } }, { above: { value: 20 } }]);
  });

  test("is refused by a classification, whose answer is a probability already", () => {
    const refusal = ask({ above: 0.5 }, { from: classSnapshot() });
    expect(refusal).toMatchObject({ kind: "unprocessable", field: "above", found: "0.5", expected: "no above" });
  });

  test("has no probability if the model has no distribution, and a note states the reason", () => {
    const { above } = single({ above: 25 }, { from: snapshotOf() });
    expect(above).toEqual({ value: 25, probability: null, note: "version 20261120-aaaaaaaa has no distribution" });
  });
});

describe("a series", () => {
  test("with one observation has a distribution with a width, from the file's sizes", () => {
    const received = single({}, { from: withValues((at, count) => (at === count - 1 ? 30 : null)) });
    expect(received).toMatchObject({ predicted_price: 30, last: { value: 30 }, probabilities: expect.any(Object) });
    const [low = 0, high = 0] = received.interval95 ?? [];
    expect(high).toBeGreaterThan(low);
  });

  test("that never changed has intervals without a width, and a note with the probability that it stays", () => {
    const received = single({}, { from: withValues(() => 22) });
    expect(received).toMatchObject({
      predicted_price: 22,
      interval95: [22, 22],
      probabilities: { down: 0.0001, same: 0.9998, up: 0.0001 },
      interval_note:
        "interval50, interval80, interval90, interval95 have no width: the value stays the same with a probability of 0.9998",
    });
  });

  test("that stopped has a prediction but no distribution, and the note states when it stopped", () => {
    const stopped = withValues((at, count) => (at < count - 3 ? 24 + (at % 2) : null));
    const note = "no interval: the last value is of 2026-11-13, 3 periods before the newest period";
    expect(single({ above: 20 }, { from: stopped })).toMatchObject({
      predicted_price: expect.any(Number),
      interval50: null,
      interval95: null,
      probabilities: null,
      quantiles: null,
      change_probability: null,
      above: { value: 20, probability: null, note },
      interval_note: note,
    });
  });

  test("has a wider distribution after each missed period", () => {
    const missing = (missed: number) =>
      single({}, { from: withValues((at, count) => (at < count - missed ? 24 + 0.25 * Math.floor(at / 5) : null)) });
    const answers = [0, 1, 2].map(missing);
    const widths = answers.map(({ interval95 }) => (interval95?.[1] ?? 0) - (interval95?.[0] ?? 0));
    const stays = answers.map(({ probabilities }) => probabilities?.same ?? 0);
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    expect(widths[2]).toBeGreaterThan(widths[0] ?? 0);
    expect(stays[1]).toBeLessThan(stays[0] ?? 0);
    expect(stays[2]).toBeLessThan(stays[1] ?? 0);
  });

  test("far above everything seen has the same sizes of changes around its level", () => {
    const [here, far] = [single(), single({ Precio_lag1: 98_765.43 })];
    expect(far.predicted_price).toBe(98_765.43);
    expect(far.probabilities).toEqual(here.probabilities);
    const above = (answer: SingleAnswer, level: number) =>
      Object.values(answer.quantiles ?? {}).map((value) => Math.round((value - level) * 100));
    expect(above(far, 98_765.43)).toEqual(above(here, 25.25));
  });

  test("of a hypothesis has the distribution of the day after its supplied value", () => {
    const received = single({ target_period: "2026-12-04", Precio_lag1: 30, Precio_mean7: 29 });
    expect(received).toMatchObject({ hypothetical: true, predicted_price: 30, target_period: "2026-12-04" });
    expect(received.probabilities).toBeDefined();
  });
});

describe("a forecast whose errors are scaled by a feature", () => {
  const shape = Array.from({ length: 41 }, (_, at) => (at - 20) / 8);
  const distribution = { kind: "location-scale" as const, positive: true, scaledBy: "EUR_spread", shape };
  const { model, card } = goldModel();
  const snapshot = loadSnapshot({
    forecast: gold,
    card: { ...card, distribution },
    model,
    history: goldHistory(),
  });
  const goldAnswer = (instance: Record<string, unknown>) => singleAnswerShape.parse(ask(instance, { from: snapshot }));

  test("has the median, in published digits, near the prediction of the file, and the difference from it", () => {
    const received = goldAnswer({});
    const { last, predicted_price: price } = received;
    expect(Math.round(Number(price) * 10) / 10).toBe(price);
    expect(received.gold_diff).toBeCloseTo(Number(price) - (last?.value ?? 0), 6);
    expect(received.quantiles?.["0.5"]).toBe(price);
  });

  test("has no distribution if the scale is missing, and the note names the feature", () => {
    // Outside the history, features of the past are missing.
    const received = goldAnswer({ Date: "2031-03-03", EUR: 1500 });
    expect(received).toMatchObject({
      interval95: null,
      probabilities: null,
      interval_note: "no distribution: the feature EUR_spread is missing",
    });
  });

  test("has the prediction of the file and the difference from it if the scale is missing, but no mean", () => {
    const received = goldAnswer({ Date: "2031-03-03", EUR: 1500 });
    const withoutForm = loadSnapshot({ forecast: gold, card, model, history: goldHistory() });
    const file = singleAnswerShape.parse(ask({ Date: "2031-03-03", EUR: 1500 }, { from: withoutForm }));
    expect(received.predicted_price).toEqual(expect.any(Number));
    expect(received).toMatchObject({ predicted_price: file.predicted_price, gold_diff: file.gold_diff });
    expect(received.expected).toBeNull();
  });

  test("is wider for a supplied value far above everything seen", () => {
    const width = ({ interval95 }: SingleAnswer) => (interval95?.[1] ?? 0) - (interval95?.[0] ?? 0);
    expect(width(goldAnswer({ EUR: 250_000 }))).toBeGreaterThan(10 * width(goldAnswer({})));
  });
});

test("an explanation adds up to the mean, because a median has no contributions", () => {
  const prepared = prepareRows(
    milk,
    { kind: "single", instance: instanceOf(0) },
    {
      textNumbers: false,
      partial: false,
      explain: success({
        operations: 1,
        explain: () => ({ base: 25.5, by: Float64Array.of(0.25), value: 25.75, exact: true }),
      }),
    },
  );
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const { expected, explanation } = singleAnswerShape.parse(
    answerRows(milk, { ...prepared.value, kind: "single", stale: false }),
  );
  const contributions = Object.values(explanation?.contributions ?? {}).reduce((sum, one) => sum + one, 0);
  expect(explanation).toMatchObject({ of: "expected", exact: true });
  expect((explanation?.base ?? 0) + contributions).toBeCloseTo(expected ?? 0, 6);
});

test("the distribution is in the answer under names that no field of the forecast has", () => {
  const names = milkMx.features.map(({ name }) => name);
  for (const name of Object.keys(single({ above: 20 }))) expect(names).not.toContain(name);
});
