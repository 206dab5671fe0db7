import { expect, test } from "vitest";
import { conformalWidths, coverage } from "../../shared/stats/conformal.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { expectClose } from "../support/close.ts";

const LEVELS = [0.8, 0.95];

/** Returns the mean share of new draws within the half-width of earlier draws, over many repetitions. */
function meanCoverage(draw: () => number, level: number): number {
  const repetitions = 3000;
  let covered = 0;
  for (let i = 0; i < repetitions; i++) {
    const [width] = conformalWidths(Float64Array.from({ length: 40 }, draw), [level]);
    const half = width?.halfWidth ?? Infinity;
    covered += coverage([draw()], { low: [-half], high: [half] });
  }
  return covered / repetitions;
}

test("the coverage of exchangeable values is the level or slightly more, for every distribution", () => {
  const random = seededRandom(11);
  const heavy = () => seededNormal(random) / (0.05 + random());
  for (const draw of [() => seededNormal(random), heavy]) {
    for (const level of LEVELS) {
      // Expectation: level to level + 1/41; three standard deviations of 3,000 draws are below 0.022.
      expect(meanCoverage(draw, level)).toBeGreaterThan(level - 0.022);
      expect(meanCoverage(draw, level)).toBeLessThan(level + 1 / 41 + 0.022);
    }
  }
});

test("the half-width is the conformal order statistic of the absolute residuals", () => {
  const [width] = conformalWidths([0.1, -0.2, 0.3, -0.4], [0.6]);
  expect(width).toEqual({ level: 0.6, halfWidth: 0.3, atomShare: 0.25, atom: true, zeroWidth: false });
});

test("too few residuals for a level give no half-width", () => {
  const [at80, at95] = conformalWidths([1, 2, 3, 4, 5], LEVELS);
  expect(at80?.halfWidth).toBe(5);
  expect(at95?.halfWidth).toBeNull();
});

test("with scales the interval's width is proportional to the row's scale", () => {
  const scales = [1, 1, 1, 1, 1, 10, 10, 10, 10, 10];
  const residuals = [1, -2, 3, -4, 5, 10, -20, 30, -40, 50];
  const [width] = conformalWidths(residuals, [0.7], { scales });
  expect(width?.halfWidth).toBe(4);
  // 4 · 1 and 4 · 10: one row of each scale is at the end of its interval.
  expectClose(width?.atomShare ?? null, 0.2);
});

test("a target that mostly does not change has a width of 0, with the share of unchanged values", () => {
  const residuals = [...new Array(81).fill(0), ...Array.from({ length: 19 }, (_, i) => 0.5 + i / 10)];
  const [at80, at95] = conformalWidths(residuals, LEVELS);
  expect(at80).toMatchObject({ halfWidth: 0, atomShare: 0.81, atom: true, zeroWidth: true });
  expect(at95).toMatchObject({ atom: false, zeroWidth: false });
});

test("residuals below half a unit of the last digit count as unchanged", () => {
  const residuals = [...Array.from({ length: 90 }, (_, i) => i * 5e-5), ...Array.from({ length: 10 }, (_, i) => 1 + i)];
  expect(conformalWidths(residuals, [0.8])[0]).toMatchObject({ atom: false, zeroWidth: false });
  const [withTolerance] = conformalWidths(residuals, [0.8], { tolerance: 0.005 });
  expect(withTolerance).toMatchObject({ atom: true, zeroWidth: true, atomShare: 0.9 });
});

test("residuals without ties have no atom", () => {
  const random = seededRandom(3);
  const widths = conformalWidths(
    Float64Array.from({ length: 400 }, () => seededNormal(random)),
    LEVELS,
  );
  expect(widths.map((width) => width.atom)).toEqual([false, false]);
});

test("a value at the end of its interval is inside; the tolerance allows for rounding", () => {
  const interval = { low: [0.1 + 0.2, 0, 0], high: [1, 1, 1] };
  expect(coverage([0.3, 1, 2], interval)).toBe(1 / 3);
  expect(coverage([0.3, 1, 2], interval, 1e-9)).toBe(2 / 3);
  expect(coverage([5, 5, 4.9], { low: [5, 0, 5], high: [9, 5, 9] })).toBe(2 / 3);
});

test("scales and intervals with a different number of rows are rejected", () => {
  expect(() => conformalWidths([1, 2], [0.5], { scales: [1, 0] })).toThrow(/scale 1 is 0/);
  expect(() => conformalWidths([1, 2], [0.5], { scales: [1] })).toThrow(/2 true values and 1/);
  expect(() => conformalWidths([], [0.5])).toThrow(/empty/);
  expect(() => coverage([1], { low: [0, 0], high: [1] })).toThrow(/1 true values and 2/);
});
