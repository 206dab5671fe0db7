import fc from "fast-check";
import { expect, test } from "vitest";
import { forecasts } from "../../shared/forecasts/index.ts";
import { success } from "../../shared/lib/result.ts";
import { type Card, cardShape } from "../../shared/registry/card.ts";
import { type CardExpectation, checkCard } from "../../shared/registry/check-card.ts";
import { compareCards } from "../../shared/registry/compare.ts";
import { type Evaluate, runGolden } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { type TinyStory, tinyModel } from "../support/card.ts";

const [forecast] = forecasts;
if (!forecast) throw new Error("the catalogue is empty");
const tiny = (story: Partial<TinyStory> = {}) => tinyModel({ forecast, version: "v1.0", ...story });
const { model, card } = tiny();

const story: fc.Arbitrary<Partial<TinyStory>> = fc.record(
  {
    version: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{2,20}$/),
    candidate: fc.constantFrom("tiny", "naive"),
    recipe: fc.string(),
    incumbent: fc.option(fc.constant("v0.9")),
    losses: fc.record({ challenger: fc.integer({ min: 0, max: 9 }), naive: fc.integer({ min: 0, max: 9 }) }),
    periods: fc.integer({ min: 1, max: 90 }),
    bias: fc.integer(),
  },
  { requiredKeys: [] },
);

test("the card of the tests is valid, matches its file and passes its golden rows", () => {
  fc.assert(
    fc.property(story, (drawn) => {
      const built = tiny(drawn);
      const read = cardShape.parse(JSON.parse(JSON.stringify(built.card)));
      expect(read).toEqual(built.card);
      expect(checkCard(read, placeOf(read))).toBeNull();
      expect(runGolden(built.model, read, evaluateOnnx)).toEqual({ ok: true, value: 3 });
    }),
  );
});

function placeOf({ forecast: id, version, model: { sha256, bytes }, fingerprint }: Card): CardExpectation {
  return { forecast: id, version, sha256, bytes, fingerprints: [fingerprint, "0123456789abcdef"] };
}

test.each<[string, Partial<CardExpectation>]>([
  ["forecast", { forecast: "other" }],
  ["version", { version: "v2" }],
  ["sha256", { sha256: "0".repeat(64) }],
  ["bytes", { bytes: 1 }],
  ["fingerprint", { fingerprints: ["0".repeat(16)] }],
])("a card with another %s is refused, with the expected value", (name, change) => {
  const [expected] = Object.values(change);
  expect(checkCard(card, { ...placeOf(card), ...change })).toMatchObject({
    detail: expect.stringContaining(name === "bytes" ? "size" : name),
    expected: String(expected),
  });
});

test("an older card, which has a horizon of 1 in place of steps, predicts the next period", () => {
  const { steps: _, ...card } = tiny().card;
  expect(cardShape.parse({ ...card, horizon: 1 }).steps).toEqual([1]);
});

test("a card with a fingerprint by an earlier rule is accepted", () => {
  const earlier = { ...card, fingerprint: "0123456789abcdef" };
  expect(checkCard(earlier, placeOf(card))).toBeNull();
});

test("evidence with repeated or descending periods is refused", () => {
  const [first = "", ...rest] = card.judged.evidence.periods;
  const evidence = { ...card.judged.evidence, periods: [first, first, ...rest.slice(1)] };
  expect(checkCard({ ...card, judged: { ...card.judged, evidence } }, placeOf(card))).toMatchObject({
    found: `${first} after ${first}`,
  });
});

test("a golden row with another output is reported with both numbers", () => {
  const off: Evaluate = (bytes, inputs) => {
    const right = evaluateOnnx(bytes, inputs);
    if (!right.ok) return right;
    const prediction = Array.from(right.value.prediction ?? [], (value, row) => (row === 1 ? value + 1e-9 : value));
    return success({ prediction });
  };
  expect(runGolden(model, card, off)).toEqual({
    ok: false,
    error: expect.stringMatching(/^golden row 2: prediction is 15\.50*1\d*, expected 15\.5$/),
  });
  const loose = { ...card, golden: { ...card.golden, tolerance: 1e-6 } };
  expect(runGolden(model, loose, off)).toEqual({ ok: true, value: 3 });
});

test("missing, short or mistyped golden rows fail, and so does a file that the engine cannot read", () => {
  const run = (golden: Partial<Card["golden"]>) =>
    runGolden(model, { ...card, golden: { ...card.golden, ...golden } }, evaluateOnnx);
  expect(run({ inputs: {} })).toMatchObject({ ok: false, error: expect.stringContaining("no golden rows") });
  expect(run({ inputs: { Precio_lag1: [1, 2, 3], Estado: ["here"] } })).toMatchObject({
    ok: false,
    error: expect.stringContaining("3 values of Estado"),
  });
  expect(run({ inputs: { Precio_lag1: ["a", "b", "c"], Estado: ["", "", ""] } })).toMatchObject({
    ok: false,
    error: expect.stringContaining("only float values of Precio_lag1"),
  });
  expect(run({ outputs: { price: [1, 2, 3] } })).toMatchObject({
    ok: false,
    error: "the file has no output price; it has prediction",
  });
  expect(run({ outputs: { prediction: [1] } })).toMatchObject({
    ok: false,
    error: expect.stringContaining("found 3 numbers, expected 1"),
  });
  expect(runGolden(new Uint8Array([1, 2]), card, evaluateOnnx)).toMatchObject({
    ok: false,
    error: expect.stringContaining("model.onnx cannot be read"),
  });
  const nan: Evaluate = () => success({ prediction: [Number.NaN, Number.NaN, Number.NaN] });
  expect(runGolden(model, card, nan)).toMatchObject({ ok: false, error: expect.stringContaining("is NaN") });
});

test("a comparison lists all metrics, differing parameters and features of only one card", () => {
  const b = tiny({ version: "v2.0", bias: 7, losses: { challenger: 4, naive: 9 } }).card;
  const more = { ...b, recipe: { ...b.recipe, parameters: { bias: 7, depth: 3 } }, features: b.features.slice(0, 1) };
  const compared = compareCards(card, more);
  expect(compared.parameters).toEqual([
    { name: "bias", a: 0.5, b: 7 },
    { name: "depth", a: null, b: 3 },
  ]);
  expect(compared.features).toEqual({ onlyA: ["Estado"], onlyB: [] });
  expect(compared.metrics).toContainEqual({ name: "rmse", a: 1, b: 2 });
  expect(compareCards(card, card).parameters).toEqual([]);
});
