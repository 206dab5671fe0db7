/** Tests the parameter `inputs`: whether a candidate learns from variables other than the target. */
import { expect, test } from "vitest";
import { featuresRead } from "../../shared/candidates/fitted.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { choosingInputs, inputsNote } from "../../shared/candidates/inputs.ts";
import { ridgeSpace } from "../../shared/candidates/spaces.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import type { Feature } from "../../shared/features/feature.ts";
import { addPeriods } from "../../shared/period.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { fitted, taskOf } from "./support.ts";

const features: readonly Feature[] = [
  { name: "last", kind: "lag", periods: 1 },
  { name: "change", kind: "difference", periods: 1 },
  { name: "rain", kind: "lag", periods: 1, variable: "rain" },
];

function data() {
  const random = seededRandom(3);
  const periods = Array.from({ length: 60 }, (_, at) => addPeriods("2020-01", at));
  const values = Float64Array.from(periods, () => 100 + seededNormal(random));
  const rain = Float64Array.from(periods, () => seededNormal(random));
  const panel = { dimensions: [], periods, series: [{ is: [], values, others: { rain } }] };
  return datasetOf(panel, { features, tolerance: 0 });
}

test.each(["ridge", "gradient-boosting", "random-forest"])(
  "%s reads only the target's features with inputs: target",
  (id) => {
    const { columns, ...rest } = data();
    const all = { ...rest, columns };
    const task = (inputs: string) =>
      taskOf(all, { from: 0, to: 50 }, { parameters: { inputs, leafRowsMin: 3, alpha: 1, trees: 5 } });
    expect(featuresRead(fitted(candidateNamed(id), task("all")))).toContain("rain");
    const read = featuresRead(fitted(candidateNamed(id), task("target")));
    expect(read).toContain("change");
    expect(read).not.toContain("rain");
  },
);

test("the space has both choices, and the leaderboard names the chosen one", () => {
  expect(choosingInputs(ridgeSpace)).toEqual({
    ...ridgeSpace,
    inputs: { kind: "categorical", choices: ["all", "target"] },
  });
  expect(inputsNote({ inputs: "target" })).toContain("only from the target's own past");
  expect(inputsNote({ inputs: "all" })).toContain("from the other variables too");
  expect(inputsNote({ alpha: 1 })).toBeNull();
});
