/** A forecast of the next event answers for a series from its events, and for a new series from given features. */
import { expect, test } from "vitest";
import { customers } from "../../shared/forecasts/customers.ts";
import { readInfer } from "../../shared/predict/infer-request.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { inputsOfRequest } from "../../shared/predict/single-series-table.ts";
import { sigmoid } from "../../shared/stats/sigmoid.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { eventSnapshot } from "../support/served-events.ts";
import type { TestPurchase } from "../support/shop-facts.ts";

const purchase = (customer: string, day: string, amount: number): TestPurchase => ({
  customer,
  id: `${customer} ${day}`,
  day,
  second: 600,
  amount,
  method: 0,
});
const snapshot = eventSnapshot(
  [
    purchase("7", "2025-05-01", 400),
    purchase("7", "2025-05-20", 100),
    purchase("8", "2025-05-30", 50),
    purchase("9", "2022-01-01", 50),
  ],
  [{ customer: "7", day: "2025-04-30", values: { age: 31, region: 1 } }],
);

function prepare(instance: Record<string, unknown>, textNumbers = false) {
  const request = { kind: "single" as const, instance };
  return prepareRows(snapshot, request, { textNumbers, partial: false, explain: null });
}

function ask(instance: Record<string, unknown>, textNumbers = false) {
  const prepared = prepare(instance, textNumbers);
  if (!prepared.ok) throw new Error(prepared.error.detail);
  return fullAnswerShape.parse(answerRows(snapshot, { ...prepared.value, kind: "single", stale: false }));
}

const every: Record<string, unknown> = {
  last_large: 1,
  last_amount: 350,
  days_since_purchase: 12,
  purchases_30: 2,
  amount_30: 700,
  large_share_30: 1,
  purchases_90: 2,
  amount_90: 700,
  large_share_90: 1,
  purchases_365: 2,
  amount_365: 700,
  large_share_365: 1,
  amount_mean_365: 350,
  amount_max_365: 350,
  payment_method: "PayPal",
  age: 50,
  region: "South",
  tenure_days: 100,
  loyalty_points: 70,
};

test("a customer is scored from the history, as of the last purchase", () => {
  const answer = ask({ customer_id: "7" });
  expect(answer).toMatchObject({
    series: { customer_id: "7" },
    label: "large",
    threshold: 0.5,
    target_period: "2025-05-31",
    data_as_of: "2025-05-30",
    last: { period: "2025-05-20", value: 0 },
    naive: 0.125,
    features: { last_amount: 100, large_share_365: 0.5, days_since_purchase: 19, age: 31, region: "North" },
  });
  expect(answer.large_purchase_probability).toBeCloseTo(sigmoid(4 * 0.5 - 1), 5);
  expect(ask({ customer_id: 7 })).toEqual(answer);
});

test("all active customers are scored, and one without a purchase for two years is not", () => {
  const prepared = prepareRows(
    snapshot,
    { kind: "all", from: 0 },
    { textNumbers: false, partial: false, explain: null },
  );
  expect(prepared.ok && prepared.value.rows.map(({ is }) => is.join())).toEqual(["7", "8"]);
});

test("a new customer is scored with every feature, with or without an id", () => {
  expect(Object.keys(every)).toEqual(customers.features.map(({ name }) => name));
  for (const instance of [every, { ...every, customer_id: "new-1" }]) {
    const answer = ask(instance);
    expect(answer).toMatchObject({ label: "large", naive: 0.5, features: every });
    expect(answer.large_purchase_probability).toBeCloseTo(sigmoid(4 - 1), 5);
  }
  const asText = Object.fromEntries(Object.entries(every).map(([name, value]) => [name, String(value)]));
  expect(ask(asText, true)).toMatchObject({ features: every });
});

const { age: _age, region: _region, ...withoutAttributes } = every;
const missing = { age: null, region: "unknown" };

test("a new customer without age and region is scored in every protocol, with the two left out or empty", () => {
  const left = { ...every, ...missing };
  const answer = ask(withoutAttributes);
  expect(answer).toMatchObject({ label: "large", features: left });
  const nulls = { ...withoutAttributes, age: null, region: null };
  expect(ask(nulls)).toEqual(answer);
  const asText = Object.fromEntries(Object.entries(withoutAttributes).map(([name, value]) => [name, String(value)]));
  expect(ask(asText, true)).toEqual(answer);
  expect(ask({ ...asText, age: "", region: " " }, true)).toEqual(answer);
  const columnsOf = ({ age, region, ...others }: Record<string, ArrayLike<unknown> | undefined>) => ({
    age: age?.[0],
    region: region?.[0],
    others: Object.keys(others).length,
  });
  const others = Object.keys(withoutAttributes).length;
  for (const record of [withoutAttributes, nulls, { ...nulls, region: "" }]) {
    const table = { columns: Object.keys(record), rows: [Object.values(record)] };
    const inputs = inputsOfRequest(snapshot, table);
    expect(inputs.ok && columnsOf(inputs.value)).toEqual({ age: Number.NaN, region: "unknown", others });
    const tensors = Object.entries(record).map(([name, value]) => {
      const isText = name === "payment_method" || name === "region";
      return { name, shape: [1, 1], datatype: isText ? "BYTES" : "FP32", data: [isText ? (value ?? "") : value] };
    });
    const request = readInfer({ json: { inputs: tensors }, binary: new Uint8Array() }, snapshot.model);
    expect(request.ok && columnsOf(request.value.inputs)).toEqual({ age: Number.NaN, region: "unknown", others });
  }
});

test("a column that may be a misspelt optional feature is refused, and other columns of the forecast are not", () => {
  const inputsOf = (record: Record<string, unknown>) =>
    inputsOfRequest(snapshot, { columns: Object.keys(record), rows: [Object.values(record)] });
  for (const name of ["agee", "Age", "AGE"])
    expect(inputsOf({ ...withoutAttributes, [name]: 50 })).toEqual({
      ok: false,
      error: `There is no input ${name}; did you mean age?`,
    });
  expect(inputsOf({ ...withoutAttributes, note: 1 })).toMatchObject({
    error: expect.stringContaining("no input note"),
  });
  expect(inputsOf({ ...withoutAttributes, customer_id: "new-1" }).ok).toBe(true);
  expect(inputsOf({ ...every, note: 1 }).ok).toBe(true);
});

test("a row count that only a shape states is refused, also if features are left out", () => {
  const tensor = { name: "last_large", shape: [90_000, 1], datatype: "FP32", data: [1] };
  const { model } = snapshot;
  const read = (inputs: typeof model.inputs) =>
    readInfer({ json: { inputs: [tensor] }, binary: new Uint8Array() }, { ...model, inputs });
  const of = (...wanted: string[]) => wanted.flatMap((name) => model.inputs.filter((input) => input.name === name));
  expect(read(of("age", "last_large"))).toMatchObject({ error: expect.stringContaining("found 1 elements") });
  expect(read(of("age", "region"))).toMatchObject({ error: "input age is missing" });
});

test("a feature of the purchases that a new customer's request names without a value is missing", () => {
  expect(ask({ ...every, days_since_purchase: null }).features).toEqual({ ...every, days_since_purchase: null });
  expect(ask({ ...every, payment_method: null }).features).toEqual({ ...every, payment_method: "unknown" });
});

test("the features of an answer can be sent again, also the category of a missing value", () => {
  for (const instance of [{ ...every, payment_method: null, region: null, age: null }, every]) {
    const answer = ask(instance);
    expect(ask({ ...answer.features })).toEqual(answer);
  }
});

test("an empty feature of a known customer is the one of the history", () => {
  expect(ask({ customer_id: "7", age: "", last_amount: "" }, true)).toEqual(ask({ customer_id: "7" }));
  expect(ask({ customer_id: "7", age: null, last_amount: null })).toEqual(ask({ customer_id: "7" }));
});

test("a new customer without a feature of the purchases, or with an unknown category, is refused", () => {
  const { amount_30: _, ...withoutAmount } = every;
  for (const [instance, field] of [
    [{ ...withoutAmount, customer_id: "new-1" }, "customer_id"],
    [withoutAmount, "customer_id"],
    [{ ...every, region: "Centre" }, "region"],
    [{ ...every, last_large: 0.5 }, "last_large"],
  ] as const) {
    const prepared = prepare(instance);
    expect(prepared.ok ? "accepted" : prepared.error.field).toBe(field);
  }
  expect(prepare({ ...withoutAmount, age: null })).toMatchObject({
    error: { detail: "customer_id is required to name a series. A new one needs every feature; missing: amount_30." },
  });
  expect(prepare({ ...withoutAmount, customer_id: "new-1" })).toMatchObject({
    error: { detail: "customer_id has no value new-1. A new one needs every feature; missing: amount_30." },
  });
  expect(prepare({ ...withoutAmount, customer_id: "" })).toMatchObject({
    error: { detail: "customer_id is empty. A new one needs every feature; missing: amount_30." },
  });
  const refused = inputsOfRequest(snapshot, {
    columns: Object.keys(withoutAmount),
    rows: [Object.values(withoutAmount)],
  });
  expect(refused).toMatchObject({ error: 'Model is missing inputs ["amount_30"].' });
});
