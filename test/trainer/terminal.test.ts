import fc from "fast-check";
import { expect, test } from "vitest";
import { table, wrap } from "../../trainer/terminal.ts";

const header = ["", "contender", "RMSE", "took"];
const rows = [
  ["▸", "naive", "0.2843", "0.0 s"],
  ["", "gradient-boosting", "0.2816", "10.6 s"],
];
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

test("a wide terminal sees every column, numbers to the right", () => {
  expect(table(header, rows, { right: [2, 3], width: 80 })).toBe(
    [
      "   contender            RMSE    took",
      "▸  naive              0.2843   0.0 s",
      "   gradient-boosting  0.2816  10.6 s",
    ].join("\n"),
  );
});

test("a narrow one goes without the optional columns, the first named first, and no others", () => {
  const options = { right: [2, 3], optional: [3, 2] };
  expect(table(header, rows, { ...options, width: 35 }).split("\n")[0]).toBe("   contender            RMSE");
  expect(table(header, rows, { ...options, width: 20 }).split("\n")[0]).toBe("   contender");
  expect(table(header, rows, { ...options, width: 5 })).toContain("gradient-boosting");
});

test("a long last cell is broken between words, an address stays whole", () => {
  const address = "http://127.0.0.1:8787/feeds/some/observations";
  const printed = table(["", ""], [["observations", `55,424, 2024-11-20 to 2026-11-20; ${address}`]], { width: 60 });
  expect(printed.split("\n")).toEqual(["observations  55,424, 2024-11-20 to 2026-11-20;", `              ${address}`]);
});

test("wrapped text keeps every word and no line is longer than it must be", () => {
  const words = fc.array(fc.stringMatching(/^[a-z0-9.,]{1,30}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 100 }), (list, width) => {
      const wrapped = wrap(list.join(" "), { width });
      expect(wrapped.split(/\s+/)).toEqual(list);
      expect(widest(wrapped)).toBeLessThanOrEqual(Math.max(width, ...list.map((word) => word.length)));
    }),
  );
  expect(wrap("  one two three", { width: 9, indent: "    " })).toBe("  one two\n    three");
  expect(wrap("as it is")).toBe("as it is");
});
