import fc from "fast-check";
import { expect, test } from "vitest";
import { readCursor, writeCursor } from "../../workers/hub/routes/cursor.ts";

const place = fc.record({
  period: fc.string({ unit: "binary" }),
  seriesId: fc.maxSafeNat(),
  variable: fc.string({ unit: "binary" }),
});

test("a cursor of names in any script is read back, and goes into a URL as it is", () => {
  const examples: [{ period: string; seriesId: number; variable: string }][] = [
    [{ period: "2025-01-03", seriesId: 1, variable: "Łódź" }],
    [{ period: "2025-01", seriesId: 0, variable: "牛乳 🥛 \ud800 \ufeff" }],
  ];
  fc.assert(
    fc.property(place, (given) => {
      const cursor = writeCursor(given);
      expect(encodeURIComponent(cursor)).toBe(cursor);
      expect(readCursor(cursor)).toEqual(given);
    }),
    { examples },
  );
});

test("any other text is no cursor", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64url");
  const others = [
    "",
    "garbage",
    "%00",
    "Łódź",
    base64("null"),
    base64("[]"),
    base64('["2025-01-03",1]'),
    base64('["2025-01-03","1","precio"]'),
    base64('["2025-01-03",1.5,"precio"]'),
    Buffer.from([0x5b, 0xff, 0x5d]).toString("base64url"),
  ];
  for (const other of others) expect(readCursor(other)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => readCursor(text) === null));
});
