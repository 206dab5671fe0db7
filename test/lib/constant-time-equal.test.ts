import fc from "fast-check";
import { expect, test } from "vitest";
import { constantTimeEqual } from "../../shared/lib/constant-time-equal.ts";

test("two texts are equal exactly when their characters are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
      expect(constantTimeEqual(a, b)).toBe(a === b);
      expect(constantTimeEqual(a, a)).toBe(true);
      expect(constantTimeEqual(a + b, a)).toBe(b === "");
      expect(constantTimeEqual(a, a + b)).toBe(b === "");
    }),
  );
});

test("a repetition of the secret is another text", () => {
  expect(constantTimeEqual("abab", "ab")).toBe(false);
  expect(constantTimeEqual("", "ab")).toBe(false);
  expect(constantTimeEqual("ab", "")).toBe(false);
  expect(constantTimeEqual("", "")).toBe(true);
});
