/** A file with a distribution of changes gives the trained numbers in every engine, for every output. */
import { describe, expect, test } from "vitest";
import { rowDistribution } from "../../shared/distributions/form.ts";
import { expectedValueOf } from "../../shared/distributions/summary.ts";
import { cardShape } from "../../shared/registry/card.ts";
import { type InputColumn, runGolden } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { unequalRow } from "../../shared/training/agreement.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { changingForecast, published, publishing, restlessDataset } from "./publishing.ts";

const data = restlessDataset(changingForecast);
const parameters = { iterations: 12, leavesMax: 6, learningRate: 0.2, leafRowsMin: 10 };
/** Two own sizes and fifteen of the group in each direction, the return and no change. */
const width = 2 * (2 + 15) + 2;

describe.each([
  { candidate: "changes", parameters },
  { candidate: "naive", parameters: {} },
])("$candidate", (recipe) => {
  const file = published({ forecast: changingForecast, data, recipe, source: "model" });

  test("golden rows and both engines agree in every output", async () => {
    const { model, card, rows } = await file;
    expect(cardShape.parse(JSON.parse(JSON.stringify(card)))).toEqual(card);
    expect(runGolden(model, card, evaluateOnnx)).toMatchObject({ ok: true });
    const reference = await runReference(model, rows.inputs);
    expect(reference).toEqual(rows.outputs);
    const ours = evaluateOnnx(model, rows.inputs as Readonly<Record<string, InputColumn>>);
    if (!ours.ok) throw new Error(ours.error.reason);
    const names = [
      "change_masses",
      "change_probability",
      "changes",
      "down_probability",
      "prediction",
      "up_probability",
    ];
    expect(Object.keys(reference).sort()).toEqual(names);
    for (const name of names)
      expect([name, unequalRow(reference[name] ?? [], ours.value[name] ?? [], 1e-6)]).toEqual([name, null]);
  });

  test("the masses have sum 1, and agree with the probabilities and the prediction", async () => {
    const { rows } = await file;
    const { outputs, inputs } = rows;
    const count = inputs.last?.length ?? 0;
    const distributionOf = rowDistribution({ kind: "changes", positive: true }, 2);
    for (let row = 0; row < count; row++) {
      const part = (name: string) =>
        Array.from((outputs[name] ?? new Float32Array()).subarray(row * width, (row + 1) * width));
      const [changes, masses] = [part("changes"), part("change_masses")];
      const massWhere = (is: (change: number) => boolean) =>
        masses.reduce((sum, mass, i) => sum + (is(changes[i] ?? 0) ? mass : 0), 0);
      expect(masses.every((mass) => mass >= 0)).toBe(true);
      expect(massWhere(() => true)).toBeCloseTo(1, 5);
      expect(massWhere((change) => change < 0)).toBeCloseTo(outputs.down_probability?.[row] ?? Number.NaN, 5);
      expect(massWhere((change) => change > 0)).toBeCloseTo(outputs.up_probability?.[row] ?? Number.NaN, 5);
      expect(massWhere((change) => change !== 0)).toBeCloseTo(outputs.change_probability?.[row] ?? Number.NaN, 5);
      const last = Number(inputs.last?.[row]);
      const prediction = outputs.prediction?.[row] ?? Number.NaN;
      const mean = expectedValueOf(distributionOf({ last, prediction, scale: 1, changes, masses })) / 100;
      // The baseline predicts the last value, also if the mean of its past changes is not 0.
      expect(prediction).toBeCloseTo(recipe.candidate === "naive" ? last : mean, 4);
    }
  });
});

test("a row without any history has the sizes and shares of its group", async () => {
  const recipe = { candidate: "naive", parameters: {} };
  const { model, rows } = await published({ forecast: changingForecast, data, recipe });
  const inputs = Object.fromEntries(
    Object.entries(rows.inputs).map(([name, values]): [string, InputColumn] => [
      name,
      values instanceof Float32Array ? Float32Array.of(name === "last" ? 100 : Number.NaN) : ["north"],
    ]),
  );
  const evaluated = evaluateOnnx(model, inputs);
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  const { changes = [], change_masses: masses = [], change_probability: chance = [] } = evaluated.value;
  const used = Array.from(changes).filter((_, i) => (masses[i] ?? 0) > 0);
  expect(used).toHaveLength(2 * 15 + 1);
  // Two thirds of the values change.
  expect(chance[0]).toBeGreaterThan(0.5);
  expect(chance[0]).toBeLessThan(0.8);
});

test("a forecast without the features of past changes cannot fit the candidate", async () => {
  const { distribution: _, ...forecast } = changingForecast;
  const result = await publishing({ forecast, data, recipe: { candidate: "changes", parameters } });
  expect(result).toMatchObject({
    ok: false,
    error: { reason: "no-fit", problems: [expect.stringContaining("no features of past changes")] },
  });
});
