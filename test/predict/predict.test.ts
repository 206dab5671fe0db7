import { describe, expect, test } from "vitest";
import { batchAnswerShape, singleAnswerShape } from "../../shared/api/predict.ts";
import type { BuiltExplainer } from "../../shared/explain/explainer.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import { toleranceOf } from "../../shared/forecasts/forecast.ts";
import { success } from "../../shared/lib/result.ts";
import { explainerOf } from "../../shared/predict/load-model.ts";
import {
  answerRows,
  type PredictRequest,
  prepareRows,
  readPredictRequest,
  refuseExplaining,
} from "../../shared/predict/predict.ts";
import { isOfHistory } from "../../shared/predict/read-instance.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { factsOf } from "../support/facts.ts";
import { forecast, historyOf, instanceOf, servable, snapshotOf } from "../support/served.ts";

const snapshot = snapshotOf();
const readOptions = { textNumbers: false, partial: false };
const explainer = explainerOf(servable().model, snapshot.model.card);

function answer(
  request: PredictRequest,
  { partial = false, explain = null as BuiltExplainer | null, from = snapshot as Snapshot } = {},
): unknown {
  const prepared = prepareRows(from, request, { textNumbers: false, partial, explain });
  if (!prepared.ok) return prepared.error;
  return answerRows(from, { ...prepared.value, kind: request.kind, stale: false });
}

const single = (more: Record<string, unknown> = {}) =>
  singleAnswerShape.parse(answer({ kind: "single", instance: instanceOf(0, more) }));
const batch = (instances: readonly unknown[], options = {}) => answer({ kind: "batch", instances }, options);

test("one instance is answered flat, in the published form", () => {
  expect(single()).toEqual({
    forecast: "milk-mx",
    model: { version: "20261120-aaaaaaaa", name: "Tiny", stage: "champion" },
    target_period: "2026-11-23",
    stale: false,
    data_as_of: "2026-11-20",
    series: instanceOf(0),
    predicted_price: 25.75,
    unit: "MXN/l",
    interval80: [25.75, 25.75],
    interval95: [25, 26.5],
    interval_note: "unchanged in 81 % of cases",
    change_probability: expect.closeTo(20 / 51, 6),
    naive: 25.25,
    last: { period: "2026-11-20", value: 25.25 },
    features: expect.objectContaining({ Estado: "Jalisco", dia: 23, mes: 11, dia_semana: 0, Precio_lag1: 25.25 }),
  });
});

describe("a series without recent values", () => {
  const silentFor = (missed: number) => {
    const history = historyOf();
    const [first, ...others] = history.series;
    const values =
      first?.values.map((value, at) => (at < history.periods.length - missed ? (value ?? 20) : null)) ?? [];
    const series = [{ is: first?.is ?? [], values }, ...others];
    return answer({ kind: "single", instance: instanceOf(0) }, { from: snapshotOf({}, { ...history, series }) });
  };

  test("has intervals for two publications", () => {
    expect(silentFor(2)).toMatchObject({ last: { period: "2026-11-16" }, interval95: expect.any(Array) });
  });

  test("then has none, and the note states how old its last value is", () => {
    const received = silentFor(3);
    expect(received).toMatchObject({ last: { period: "2026-11-13" }, interval80: null, interval95: null });
    expect(received).toMatchObject({
      interval_note: "no interval: the last value is of 2026-11-13, 3 periods before the newest period",
    });
    expect(singleAnswerShape.safeParse(received).success).toBe(true);
  });

  test("has them again if the last value is supplied", () => {
    const history = historyOf();
    const [first, ...others] = history.series;
    const values = first?.values.map((value, at) => (at < 50 ? value : null)) ?? [];
    const from = snapshotOf({}, { ...history, series: [{ is: first?.is ?? [], values }, ...others] });
    const instance = instanceOf(0, { Precio_lag1: 25 });
    expect(answer({ kind: "single", instance }, { from })).toMatchObject({ interval95: expect.any(Array) });
  });
});

test("intervals that include the last value reach it", () => {
  const card = { ...snapshot.model.card, intervalsHoldLast: true };
  const from = { ...snapshot, model: { ...snapshot.model, card } };
  const received = answer({ kind: "single", instance: instanceOf(0) }, { from });
  expect(received).toMatchObject({ predicted_price: 25.75, interval80: [25.25, 25.75], interval95: [24.5, 26.5] });
});

test("several instances are answered in their order", () => {
  const received = batchAnswerShape.parse(batch([instanceOf(3), instanceOf(0), instanceOf(3)]));
  expect(received).toMatchObject({ forecast: "milk-mx", target_period: "2026-11-23", data_as_of: "2026-11-20" });
  expect(received.predictions).toMatchObject([
    { series: instanceOf(3) },
    { series: instanceOf(0), predicted_price: 25.75 },
    { series: instanceOf(3) },
  ]);
  expect(received.predictions[0]).toEqual(received.predictions[2]);
});

test("one bad instance refuses the batch, or fails alone if partial answers are requested", () => {
  const instances = [{ Estado: "Jalisco" }, instanceOf(1), 5, instanceOf(0, { Canal: "Tienda" })];
  expect(batch(instances)).toMatchObject({ index: 0, field: "Ciudad", detail: expect.stringMatching(/^Instance 0: /) });
  const received = batchAnswerShape.parse(batch(instances, { partial: true }));
  expect(received.predictions).toMatchObject([
    { index: 0, error: { status: 422, field: "Ciudad" } },
    { series: instanceOf(1) },
    { index: 2, error: { found: "5" } },
    { index: 3, error: { didYouMean: "Tiendas" } },
  ]);
  expect(batchAnswerShape.parse(batch([5], { partial: true })).predictions).toMatchObject([{ index: 0 }]);
});

test("of many refused instances only the first list the allowed names, so an answer stays small", () => {
  const misspelt = Array.from({ length: 1_000 }, (_, at) => instanceOf(0, { Canal: `Tienda${at}` }));
  const { predictions } = batchAnswerShape.parse(batch(misspelt, { partial: true }));
  const errors = predictions.map((one) => ("error" in one ? one.error : null));
  expect(errors[0]).toMatchObject({ found: "Tienda0", didYouMean: "Tiendas", allowed: ["Autoservicios", "Tiendas"] });
  expect(errors.filter((error) => Object.hasOwn(error ?? {}, "allowed"))).toHaveLength(20);
  expect(errors[999]).toMatchObject({ index: 999, field: "Canal", found: "Tienda999", expected: expect.any(String) });
  expect(errors[999]).not.toHaveProperty("didYouMean");
  const unnamed = batchAnswerShape.parse(batch(Array(30).fill({ Estado: "Jalisco" }), { partial: true }));
  expect(unnamed.predictions[29]).toMatchObject({
    error: {
      field: "Ciudad",
      detail: "Ciudad is required to name a series. A series of milk-mx needs Estado, Ciudad, Tipo, Canal.",
    },
  });
});

test("more than 200 allowed values are counted, not listed", () => {
  const history = historyOf();
  const [first] = history.series;
  const cities = Array.from({ length: 300 }, (_, at) => `Ciudad ${at}`);
  const series = cities.map((city) => ({
    is: ["Jalisco", city, "Pasteurizada", "Tiendas"],
    values: first?.values ?? [],
  }));
  const many = snapshotOf({}, { ...history, series });
  const refused = answer({ kind: "single", instance: instanceOf(1, { Ciudad: "Ciudad 2999" }) }, { from: many });
  expect(refused).toMatchObject({ field: "Ciudad", expected: "one of 300 existing values", didYouMean: "Ciudad 299" });
  expect(refused).not.toHaveProperty("allowed");
});

test("a supplied feature is used by the model and shown in the answer", () => {
  const given = single({ Precio_lag1: 23.45, Precio_mean7: 23.1 });
  expect(given).toMatchObject({ predicted_price: 23.95, naive: 23.45, last: { value: 25.25 } });
  expect(given.features).toMatchObject({ Precio_lag1: 23.45, Precio_mean7: 23.1 });
  expect(given.hypothetical).toBeUndefined();
});

test("an explanation adds up to the prediction, and is part of the answer only if it is requested", () => {
  const received = singleAnswerShape.parse(answer({ kind: "single", instance: instanceOf(0) }, { explain: explainer }));
  const contributions = Object.values(received.explanation?.contributions ?? {});
  expect(Object.keys(received.explanation?.contributions ?? {})).toEqual(forecast.features.map(({ name }) => name));
  expect((received.explanation?.base ?? 0) + contributions.reduce((sum, one) => sum + one, 0)).toBeCloseTo(25.75, 6);
  expect(single().explanation).toBeUndefined();
  const many = Array.from({ length: 101 }, () => instanceOf(0));
  const refusal = { kind: "unprocessable", field: "explain", found: "101 instances" };
  expect(refuseExplaining({ kind: "batch", instances: many })).toMatchObject(refusal);
  expect(refuseExplaining({ kind: "batch", instances: many.slice(1) })).toBeNull();
  expect(batch(many.slice(1), { explain: explainer })).toMatchObject({ data_as_of: "2026-11-20" });
});

test("the operations of explanations are counted before they start, and too many are refused with what is allowed", () => {
  if (!explainer.ok) throw new Error(explainer.error);
  let explained = 0;
  const { explain } = explainer.value;
  const costly = (operations: number): BuiltExplainer =>
    success({
      operations,
      explain: (row) => {
        explained++;
        return explain(row);
      },
    });
  const instances = Array.from({ length: 11 }, () => instanceOf(0));
  const refused = prepareRows(snapshot, { kind: "batch", instances }, { ...readOptions, explain: costly(2_500_000) });
  expect(refused).toMatchObject({
    ok: false,
    error: {
      kind: "unprocessable",
      field: "explain",
      found: "11 instances of 2500000 operations",
      allowed: ["1 to 10 instances"],
    },
  });
  const few = prepareRows(
    snapshot,
    { kind: "batch", instances: instances.slice(1) },
    { ...readOptions, explain: costly(2_500_000) },
  );
  expect(few).toMatchObject({ ok: true });
  const all = prepareRows(snapshot, { kind: "all", from: 0 }, { ...readOptions, explain: costly(25_000_000) });
  expect(all.ok && all.value.rows).toHaveLength(1);
  const single = { kind: "single", instance: instanceOf(0) } as const;
  expect(prepareRows(snapshot, single, { ...readOptions, explain: costly(25_000_001) })).toMatchObject({
    ok: false,
    error: { detail: "The model is too large to be explained. Send the request without explain." },
  });
  expect(explained).toBe(0);
});

test("a hypothesis has its own period and calendar, and nothing from the history", () => {
  const features = Object.fromEntries(forecast.features.filter(isOfHistory).map(({ name }) => [name, 7]));
  const received = single({ ...features, target_period: "2025-08-01" });
  expect(received).toMatchObject({
    hypothetical: true,
    target_period: "2025-08-01",
    last: null,
    naive: 7,
    predicted_price: 7.5,
  });
  expect(received.features).toMatchObject({
    dia: 1,
    mes: 8,
    dia_semana: 4,
    dias_adelante: 2,
    inicia_mes: 1,
    sin_cambio: 7,
  });
  const less = single({ target_period: "2025-08-01", Precio_lag1: 7, Precio_mean7: 7 });
  expect(less).toMatchObject({ hypothetical: true, predicted_price: 7.5 });
  expect(less.features).toMatchObject({ dia: 1, Precio_lag1: 7, Precio_lag3: null, sin_cambio: null });
  const inBatch = batchAnswerShape.parse(batch([{ ...instanceOf(0), ...features, target_period: "2025-08-01" }]));
  expect(inBatch).toMatchObject({
    target_period: "2026-11-23",
    predictions: [{ hypothetical: true, target_period: "2025-08-01" }],
  });
});

test("the served features equal those that training computes for the same period", () => {
  const whole = historyOf("2026-11-23", 66);
  const before = {
    ...whole,
    periods: whole.periods.slice(0, -1),
    series: whole.series.map((one) => ({ ...one, values: one.values.slice(0, -1) })),
  };
  const from = snapshotOf({}, before);
  const facts = whole.series.flatMap(({ is, values }) =>
    values.flatMap((value, at) => {
      const series = JSON.stringify(is);
      return value === null ? [] : [{ series, variable: forecast.variable, period: whole.periods[at] ?? "", value }];
    }),
  );
  const panel = forecastPanel(forecast, factsOf(forecast, facts));
  const data = datasetOf(panel, { features: forecast.features, tolerance: toleranceOf(forecast) });
  expect(from.target).toBe("2026-11-23");
  let compared = 0;
  for (let row = 0; row < data.rows; row++) {
    if (data.periods[data.period[row] ?? 0] !== from.target) continue;
    const is = panel.series[data.series[row] ?? 0]?.is ?? [];
    const position = from.positions.get(is.join("\u0000")) ?? -1;
    for (const column of data.columns) {
      const served = from.columns[column.name]?.at(position);
      const trained = column.dtype === "float" ? column.values[row] : column.categories[column.codes[row] ?? -1];
      expect([column.name, served]).toEqual([column.name, trained]);
    }
    compared++;
  }
  expect(compared).toBe(whole.series.length);
});

describe("a body", () => {
  test.each([[null], [5], ["x"], [[instanceOf(0)]]])("that is not an object is refused: %j", (json) => {
    expect(readPredictRequest(json)).toMatchObject({ ok: false, error: { kind: "unprocessable" } });
  });

  test("with instances that are empty, too many, not a list, or not the only member is refused", () => {
    for (const instances of [[], Array.from({ length: 1001 }, () => ({})), {}, 3]) {
      expect(readPredictRequest({ instances })).toMatchObject({ ok: false, error: { field: "instances" } });
    }
    expect(readPredictRequest({ instances: [{}], partial: true })).toMatchObject({ error: { field: "partial" } });
    expect(readPredictRequest({ instances: Array.from({ length: 1000 }, () => ({})) })).toMatchObject({ ok: true });
  });
});
