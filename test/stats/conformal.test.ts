import { expect, test } from "vitest";
import { conformalWidths, coverage } from "../../shared/stats/conformal.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { expectClose } from "../support/close.ts";

const LEVELS = [0.8, 0.95];

/** Mean share of new draws within the half-width that earlier draws gave, over many repetitions. */
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

test("exchangeable values are covered at the level or a little above, whatever their distribution", () => {
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

test("too few residuals for a level say so instead of promising it", () => {
  const [at80, at95] = conformalWidths([1, 2, 3, 4, 5], LEVELS);
  expect(at80?.halfWidth).toBe(5);
  expect(at95?.halfWidth).toBeNull();
});

test("with scales the interval is as wide as the row is restless", () => {
  const scales = [1, 1, 1, 1, 1, 10, 10, 10, 10, 10];
  const residuals = [1, -2, 3, -4, 5, 10, -20, 30, -40, 50];
  const [width] = conformalWidths(residuals, [0.7], { scales });
  expect(width?.halfWidth).toBe(4);
  // 4 · 1 and 4 · 10: one row of each scale stands on its end.
  expectClose(width?.atomShare ?? null, 0.2);
});

test("a mostly unmoved target has a width of zero, with the share that did not move", () => {
  const residuals = [...new Array(81).fill(0), ...Array.from({ length: 19 }, (_, i) => 0.5 + i / 10)];
  const [at80, at95] = conformalWidths(residuals, LEVELS);
  expect(at80).toMatchObject({ halfWidth: 0, atomShare: 0.81, atom: true, zeroWidth: true });
  expect(at95).toMatchObject({ atom: false, zeroWidth: false });
});

test("misses below half a unit of the last digit count as unmoved", () => {
  const residuals = [...Array.from({ length: 90 }, (_, i) => i * 5e-5), ...Array.from({ length: 10 }, (_, i) => 1 + i)];
  expect(conformalWidths(residuals, [0.8])[0]).toMatchObject({ atom: false, zeroWidth: false });
  const [told] = conformalWidths(residuals, [0.8], { tolerance: 0.005 });
  expect(told).toMatchObject({ atom: true, zeroWidth: true, atomShare: 0.9 });
});

test("residuals without ties have no atom", () => {
  const random = seededRandom(3);
  const widths = conformalWidths(
    Float64Array.from({ length: 400 }, () => seededNormal(random)),
    LEVELS,
  );
  expect(widths.map((width) => width.atom)).toEqual([false, false]);
});

test("a value on the end of its interval is inside, with room for rounding where asked", () => {
  const interval = { low: [0.1 + 0.2, 0, 0], high: [1, 1, 1] };
  expect(coverage([0.3, 1, 2], interval)).toBe(1 / 3);
  expect(coverage([0.3, 1, 2], interval, 1e-9)).toBe(2 / 3);
  expect(coverage([5, 5, 4.9], { low: [5, 0, 5], high: [9, 5, 9] })).toBe(2 / 3);
});

test("scales and ends that do not fit their rows are refused", () => {
  expect(() => conformalWidths([1, 2], [0.5], { scales: [1, 0] })).toThrow(/scale 1 is 0/);
  expect(() => conformalWidths([1, 2], [0.5], { scales: [1] })).toThrow(/2 true values against 1/);
  expect(() => conformalWidths([], [0.5])).toThrow(/empty/);
  expect(() => coverage([1], { low: [0, 0], high: [1] })).toThrow(/1 true values against 2/);
});
