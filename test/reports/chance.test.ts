import { expect, test } from "vitest";
import { formatOf } from "../../shared/reports/format.ts";
import { languageOf, wordsOf } from "../../shared/reports/words/index.ts";

test("probabilities are tenths, and near 0 and 1 a bound: never 0 in 10 or 10 in 10", () => {
  const { chance } = wordsOf("en");
  expect([0.3, 0.06, 0.9, 0.94].map(chance)).toEqual(["3 in 10", "1 in 10", "9 in 10", "9 in 10"]);
  // The range of 95 % must not have the name of that of 90 %.
  expect([0.05, 0.95, 0.951].map(chance)).toEqual(["1 in 20", "19 in 20", "19 in 20"]);
  expect([0, 0.009, 0.044].map(chance)).toEqual(["less than 1 in 100", "less than 1 in 100", "less than 1 in 20"]);
  expect([0.96, 0.995, 1].map(chance)).toEqual(["more than 19 in 20", "more than 99 in 100", "more than 99 in 100"]);
  expect(wordsOf("es").chance(0.3)).toBe("3 de 10");
  for (let tenths = 0; tenths <= 1_000; tenths++) expect(chance(tenths / 1_000)).not.toMatch(/^(0|10) /);
});

test("a locale's language is used if reports have it, else English", () => {
  expect(["es-MX", "es", "en-GB", "fr-FR"].map(languageOf)).toEqual(["es", "es", "en", "en"]);
});

test("numbers and periods are written as in the locale", () => {
  const mexico = formatOf("es-MX", 2);
  expect(mexico.value(1234.5)).toBe("1,234.50");
  expect(formatOf("es-ES", 1).value(12345.67)).toBe("12.345,7");
  expect(formatOf("en", 1).period("2026-11-20")).toBe("Nov 20, 2026");
  expect(formatOf("en", 1).period("2026-Q4")).toBe("Q4 2026");
  expect(formatOf("en", 1).period("2026-11")).toBe("Nov 2026");
  expect(formatOf("en", 1).period("2026-11-20T07")).toBe("Nov 20, 2026, 07:00");
  expect(formatOf("en", 1).bytes(1_234)).toBe("1.2 kB");
});
