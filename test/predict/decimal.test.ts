import fc from "fast-check";
import { expect, test } from "vitest";
import { readNumber, roundTo, shortestDecimal } from "../../shared/predict/decimal.ts";

const digitsOf = (value: number) =>
  value
    .toExponential()
    .replace(/e.*$/, "")
    .replaceAll(/[^0-9]/g, "")
    .replace(/^0+|0+$/g, "").length;

test("a float32 is written as the shortest decimal that reads back as the same float32", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const written = shortestDecimal(value) ?? Number.NaN;
      expect(Math.fround(written)).toBe(value + 0);
      for (let digits = 1; digits < digitsOf(written); digits++) {
        expect(Math.fround(Number(value.toPrecision(digits)))).not.toBe(value);
      }
    }),
  );
});

test("a price with two decimals is written with two decimals", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999 }), (cents) => {
      expect(shortestDecimal(Math.fround(cents / 100))).toBe(cents / 100);
    }),
  );
  expect(shortestDecimal(23.450000762939453)).toBe(23.45);
});

test("a number that is not finite is null", () => {
  expect([Number.NaN, Infinity, -Infinity].map(shortestDecimal)).toEqual([null, null, null]);
});

test("rounding never returns negative zero", () => {
  expect(roundTo(-0.0000001, 4)).toBe(0);
  expect(roundTo(23.2500001, 6)).toBe(23.25);
});

test("a text of any length is parsed in linear time", () => {
  expect([" -1.5e3 ", "+.5", "7.", "1,200", "0x10", "", " ", "."].map(readNumber)).toEqual([
    -1500,
    0.5,
    7,
    ...Array(5).fill(null),
  ]);
  expect(readNumber(`${"1".repeat(3_900_000)}x`)).toBeNull();
});
