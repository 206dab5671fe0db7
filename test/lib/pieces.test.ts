/** Long texts in pieces equal the whole text. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPieces } from "../../shared/lib/json-pieces.ts";
import { encodePieces, encodeUtf8 } from "../../shared/lib/utf8.ts";

test("the JSON of an object in pieces is that of JSON.stringify", () => {
  const member = fc.oneof(
    fc.jsonValue(),
    fc.constant(undefined),
    fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined))),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), member), (value) => {
      expect([...jsonPieces(value, "\n")].join("")).toBe(`${JSON.stringify(value)}\n`);
    }),
  );
});

test("pieces are encoded like the whole text, also characters of several bytes at the ends of pieces", () => {
  const pieces = Array.from({ length: 9_000 }, (_, at) => `${at}: años ✓ 🐄 ${"x".repeat(at % 40)}`);
  expect(Buffer.from(encodePieces(pieces))).toEqual(Buffer.from(encodeUtf8(pieces.join(""))));
  expect(encodePieces([])).toHaveLength(0);
});
