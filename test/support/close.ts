import { expect } from "vitest";

/** Expects `actual` within `relative` of `expected`; `absolute` is the tolerance for values near 0. */
export function expectClose(actual: number | null, expected: number, { relative = 1e-12, absolute = 0 } = {}): void {
  const miss = Math.abs((actual ?? Number.NaN) - expected);
  expect(miss, `${actual} against ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected) + absolute);
}
