import { expect, test } from "vitest";
import { reasonToHold } from "../../shared/feeds/hold.ts";
import { problem } from "../../shared/feeds/problem.ts";
import { ProblemList } from "../../shared/feeds/problem-list.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";

test("problems beyond the limit are counted by reason, with the values that they lost", () => {
  const list = new ProblemList(2);
  const add = (reason: string, values: number, times: number) => {
    for (let time = 0; time < times; time++) list.add(problem(reason, { found: "x", expected: "y", values }));
  };
  add("no-number", 1, 3);
  add("duplicate-row", 4, 2);
  expect(list.list().map(({ reason, found, values }) => [reason, found, values])).toEqual([
    ["no-number", "x", 1],
    ["no-number", "x", 1],
    ["no-number", "1 more that are not listed", 1],
    ["duplicate-row", "2 more that are not listed", 8],
  ]);
});

test("problems that are not listed count when a publication is held", () => {
  const list = new ProblemList(1);
  for (let time = 0; time < 50; time++) list.add(problem("no-number", { found: "x", expected: "y" }));
  const counts = { observations: 50, problems: list.list(), series: new Set<string>() };
  expect(reasonToHold(counts, [], sniimMilk.limits)).toContain("50 % of the values were rejected");
});
