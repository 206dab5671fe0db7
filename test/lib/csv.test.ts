import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv, writeCsv } from "../../shared/lib/csv.ts";

/** Returns a text as the only cell of a row. */
const cell = (value: string | number | null) => writeCsv(["x"], [[value]]).slice("x\r\n".length, -"\r\n".length);

test.each([
  ["=1+1", "'=1+1"],
  ['=HYPERLINK("http://a.example")', `"'=HYPERLINK(""http://a.example"")"`],
  ["+1+1", "'+1+1"],
  ["-2+3", "'-2+3"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\uff1d1+1", "'\uff1d1+1"],
  ["\t=1", "\\t=1"],
  ["\r=1", "\\r=1"],
  ["a\u001b[31mb", "a\\u001b[31mb"],
  ["two\nlines", "two\\nlines"],
  ["\u009b2J", "\\u009b2J"],
])("the text %j is written so that no program runs it", (text, written) => {
  expect(cell(text)).toBe(written);
});

test.each([-0.0153, "-0.0153", "+1.5e-7", "-.5", -1e21, "-12", null, "Guanajuato León", "a=b", "2-1"])(
  "%j is written unchanged",
  (value) => {
    expect(cell(value)).toBe(value === null ? "" : String(value));
  },
);

test("a header is escaped like a cell", () => {
  expect(writeCsv(["=a", "b"], [])).toBe("'=a,b\r\n");
});

test("no text puts a formula, a control character or a further cell into a file", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 3 }), (texts) => {
      const written = writeCsv(texts, [texts]);
      expect(written.replaceAll("\r\n", "")).not.toMatch(/\p{Cc}/u);
      const read = readCsv(written);
      for (const row of read.ok ? read.value : []) {
        for (const text of row) expect(text).not.toMatch(/^[=@]|^[+-](?![\d.]+(e[+-]?\d+)?$)/i);
        expect(row).toHaveLength(texts.length);
      }
    }),
  );
});

test.each([
  [
    "a,b\r\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a,b\r1,2\n\n\r\n3,",
    [
      ["a", "b"],
      ["1", "2"],
      ["3", ""],
    ],
  ],
  ['"a ""b"", c",\n""\n"x\ny",1', [['a "b", c', ""], [""], ["x\ny", "1"]]],
  [",", [["", ""]]],
  ["\n\r\n", []],
])("%j is read as its rows", (text, rows) => {
  expect(readCsv(text)).toEqual({ ok: true, value: rows });
});

test.each([
  ['a\nb"c', "line 2: found a quote that is not closed, or is not at the start of its field"],
  ['"a"b', "line 1: found a quote that is not closed, or is not at the start of its field"],
  ['"a""', "line 1: found a quote that is not closed, or is not at the start of its field"],
  ["a\n1,2,3", "line 2: found more than 2 fields, expected at most 2"],
  ["a\nb\nc\nd", "found more than 3 lines, expected at most 3"],
  ["a,b\nc,d\ne,f", "found more than 5 values, expected at most 5"],
])("%j is refused with the reason", (text, reason) => {
  expect(readCsv(text, { fieldsMax: 2, rowsMax: 3, valuesMax: 5 })).toEqual({ ok: false, error: reason });
});
