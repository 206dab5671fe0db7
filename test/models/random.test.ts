import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bootstrapCounts, createRandom, sample } from "../../shared/models/random.ts";
import { golden } from "./support.ts";

const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });

describe("random", () => {
  test("a seed gives the same numbers as the Python port, which makes the golden data", () => {
    const random = createRandom(golden.random.seed);
    expect(golden.random.first.map(() => random.uniform())).toEqual(golden.random.first);
  });

  test("integers are in [0, below) and equally frequent", () => {
    const random = createRandom(3);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) {
      const drawn = random.integer(7);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(70_000);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test("a sample is ascending, without repeats, and has the requested size", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (seed, a, b) => {
        const [size, population] = a < b ? [a, b] : [b, a];
        const drawn = sample(population, size, createRandom(seed));
        expect(drawn.length).toBe(size);
        drawn.forEach((value, i) => {
          expect(value).toBeGreaterThan(i === 0 ? -1 : (drawn[i - 1] ?? 0));
          expect(value).toBeLessThan(population);
        });
      }),
    );
  });

  test("a bootstrap draws as many rows as there are and omits about 1/e of them", () => {
    const counts = bootstrapCounts(10_000, createRandom(5));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    const left = counts.filter((count) => count === 0).length / 10_000;
    expect(Math.abs(left - Math.exp(-1))).toBeLessThan(0.02);
  });
});
