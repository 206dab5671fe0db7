import { expect, test } from "vitest";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { loadModel } from "../../shared/predict/load-model.ts";
import { readServed } from "../../shared/predict/read-served.ts";
import { buildServed } from "../../shared/registry/build-served.ts";
import { tinyInputs, tinyModel } from "../support/card.ts";

const { card, model } = tinyModel({ forecast: milkMx, version: "v1.0" });
const { last, place } = tinyInputs(milkMx);

/** A card with 24 golden rows, whose outputs the tiny model returns: 2 × last + 1 + 0.5. `wide` has two numbers per row. */
function cardOf24Rows(wide: Readonly<Record<string, number[]>> = {}) {
  const rows = Array.from({ length: 24 }, (_, row) => row);
  const inputs = { [last]: rows, [place]: rows.map(() => "here") };
  return {
    ...card,
    golden: { inputs, outputs: { prediction: rows.map((row) => 2 * row + 1.5), ...wide }, tolerance: 0 },
  };
}

function builtFrom(stated: typeof card): string {
  const built = buildServed(milkMx, stated);
  if (!built.ok) throw new Error(built.error);
  return built.value;
}

test("served.json has six evenly spaced golden rows, each with its own outputs", () => {
  const wide = { changes: Array.from({ length: 48 }, (_, at) => at) };
  expect(JSON.parse(builtFrom(cardOf24Rows(wide))).card.golden).toEqual({
    inputs: { [last]: [0, 4, 8, 12, 16, 20], [place]: Array(6).fill("here") },
    outputs: {
      prediction: [1.5, 9.5, 17.5, 25.5, 33.5, 41.5],
      changes: [0, 1, 8, 9, 16, 17, 24, 25, 32, 33, 40, 41],
    },
    tolerance: 0,
  });
});

test("a model with fewer golden rows keeps them all", () => {
  expect(JSON.parse(builtFrom(card)).card.golden).toEqual(card.golden);
});

test("a model that returns another output for one of the six rows does not load", () => {
  const load = (stated: typeof card) => {
    const description = readServed(builtFrom(stated));
    if (!description.ok) throw new Error(description.error);
    return loadModel({ description: description.value, bytes: model, number: 1, servedNumber: 1 });
  };
  const right = cardOf24Rows();
  expect(load(right).ok).toBe(true);
  const prediction = right.golden.outputs["prediction"]?.with(20, 0) ?? [];
  const wrong = { ...right, golden: { ...right.golden, outputs: { prediction } } };
  expect(load(wrong)).toMatchObject({ ok: false, error: { reason: expect.stringContaining("golden row 6") } });
});
