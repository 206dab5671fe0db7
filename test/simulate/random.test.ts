import { expect, test } from "vitest";
import { type Random, randomFrom } from "../../trainer/simulate/random.ts";

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uniform());

test("the same seed gives the same numbers, and another seed gives others", () => {
  expect(draw(randomFrom("milk"), 50)).toEqual(draw(randomFrom("milk"), 50));
  expect(draw(randomFrom(7), 50)).toEqual(draw(randomFrom("7"), 50));
  expect(draw(randomFrom(7), 50)).not.toEqual(draw(randomFrom(8), 50));
});

test("a substream does not depend on draws from its parent or its siblings", () => {
  const untouched = draw(randomFrom(1).substream("a"), 20);
  const parent = randomFrom(1);
  draw(parent, 13);
  draw(parent.substream("b"), 29);
  expect(draw(parent.substream("a"), 20)).toEqual(untouched);
});

test("names with separators in different places are different streams", () => {
  const root = randomFrom(1);
  expect(draw(root.substream("a").substream("b/c"), 5)).not.toEqual(draw(root.substream("a/b").substream("c"), 5));
});

test("the numbers have the moments of their distributions, within 5 standard errors", () => {
  const count = 20_000;
  const random = randomFrom("moments");
  const normals = Array.from({ length: count }, () => random.normal());
  const uniforms = draw(random, count);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(normals))).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(mean(normals.map((value) => value ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  expect(Math.abs(mean(uniforms) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
  expect(uniforms.every((value) => value >= 0 && value < 1)).toBe(true);
});

test("integers cover exactly their range", () => {
  const random = randomFrom("integers");
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(6)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});
