import fc from "fast-check";
import { expect, test } from "vitest";
import { printable } from "../../shared/lib/printable.ts";
import { prose, table, terminalText, wrap } from "../../trainer/terminal.ts";

const header = ["", "contender", "RMSE", "took"];
const rows = [
  ["▸", "naive", "0.2843", "0.0 s"],
  ["", "gradient-boosting", "0.2816", "10.6 s"],
];
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

test("a wide terminal shows every column, numbers right-aligned", () => {
  expect(table(header, rows, { right: [2, 3], width: 80 })).toBe(
    [
      "   contender            RMSE    took",
      "▸  naive              0.2843   0.0 s",
      "   gradient-boosting  0.2816  10.6 s",
    ].join("\n"),
  );
});

test("a narrow terminal drops only the optional columns, in the given order", () => {
  const options = { right: [2, 3], optional: [3, 2] };
  expect(table(header, rows, { ...options, width: 35 }).split("\n")[0]).toBe("   contender            RMSE");
  expect(table(header, rows, { ...options, width: 20 }).split("\n")[0]).toBe("   contender");
  expect(table(header, rows, { ...options, width: 5 })).toContain("gradient-boosting");
});

test("a long last cell is wrapped between words, and an address is not broken", () => {
  const address = "http://127.0.0.1:8787/feeds/some/observations";
  const printed = table(["", ""], [["observations", `55,424, 2024-11-20 to 2026-11-20; ${address}`]], { width: 60 });
  expect(printed.split("\n")).toEqual(["observations  55,424, 2024-11-20 to 2026-11-20;", `              ${address}`]);
});

test("wrapped text contains every word, and lines fit the width unless a word is longer", () => {
  const words = fc.array(fc.stringMatching(/^[a-z0-9.,]{1,30}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 100 }), (list, width) => {
      const wrapped = wrap(list.join(" "), { width });
      expect(wrapped.split(/\s+/)).toEqual(list);
      expect(widest(wrapped)).toBeLessThanOrEqual(Math.max(width, ...list.map((word) => word.length)));
    }),
  );
  expect(wrap("  one two three", { width: 9, indent: "    " })).toBe("  one two\n    three");
  expect(wrap("short text")).toBe("short text");
});

test("control characters and direction marks from data never reach the terminal", () => {
  const hostile = "a\u001b[31mb\u009bc\u0007\r\u202ed\u007f";
  expect(printable("Guanajuato León")).toBe("Guanajuato León");
  for (const text of [printable(hostile), prose(hostile), table(["x"], [[hostile]]), terminalText(hostile)]) {
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  }
});
