import { test } from "vitest";
import { drawPoint, fitParzen, logDensity } from "../../shared/search/parzen.ts";
import type { ParameterRange } from "../../shared/search/space.ts";
import { seededRandom } from "../support/chance.ts";
import { expectClose } from "../support/close.ts";

const color: ParameterRange = { kind: "categorical", choices: ["red", "green", "blue"] };
const share: ParameterRange = { kind: "uniform", low: 0, high: 1 };
const POINTS = [
  [0, 0.1],
  [0, 0.15],
  [2, 0.9],
];

test("the density of a mixture integrates to 1 over its space", () => {
  const mixture = fitParzen([color, share], POINTS);
  const cells = 2000;
  let mass = 0;
  for (let choice = 0; choice < 3; choice++) {
    for (let i = 0; i < cells; i++) mass += Math.exp(logDensity(mixture, [choice, (i + 0.5) / cells])) / cells;
  }
  // The constant that logDensity omits: one normal density per numeric axis.
  expectClose(mass / Math.sqrt(2 * Math.PI), 1, { relative: 1e-4 });
});

test("the frequency of draws matches the joint density", () => {
  const mixture = fitParzen([color, share], POINTS);
  const random = seededRandom(4);
  const draws = Array.from({ length: 20_000 }, () => drawPoint(mixture, random));
  for (const choice of [0, 1, 2]) {
    for (const low of [0, 0.25, 0.5, 0.75]) {
      let expected = 0;
      for (let i = 0; i < 200; i++) expected += Math.exp(logDensity(mixture, [choice, low + (i + 0.5) / 800])) / 800;
      const found = draws.filter(([c, x = -1]) => c === choice && x >= low && x < low + 0.25).length / draws.length;
      // Four standard deviations of 20,000 draws are at most 0.0142.
      expectClose(found, expected / Math.sqrt(2 * Math.PI), { absolute: 0.0142 });
    }
  }
});

test("a mixture without points is the prior: all choices are equally likely", () => {
  const prior = fitParzen([color], []);
  for (const choice of [0, 1, 2]) expectClose(Math.exp(logDensity(prior, [choice])), 1 / 3);
});
