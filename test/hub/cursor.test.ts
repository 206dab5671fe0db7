import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { readCursor, writeCursor } from "../../workers/hub/http/cursor.ts";

const place = fc.tuple(fc.string({ unit: "binary" }), fc.maxSafeNat(), fc.string({ unit: "binary" }));
const shape = z.tuple([z.string(), z.int(), z.string()]);

test("a cursor of names in any script is decoded unchanged, and needs no escaping in a URL", () => {
  const examples: [[string, number, string]][] = [
    [["2025-01-03", 1, "Łódź"]],
    [["2025-01", 0, "牛乳 🥛 \ud800 \ufeff"]],
  ];
  fc.assert(
    fc.property(place, (given) => {
      const cursor = writeCursor(given);
      expect(encodeURIComponent(cursor)).toBe(cursor);
      expect(readCursor(cursor, shape)).toEqual(given);
    }),
    { examples },
  );
});

test("any other text is refused as a cursor", () => {
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
  for (const other of others) expect(readCursor(other, shape)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => readCursor(text, shape) === null));
});
