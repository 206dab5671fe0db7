/** The number format is detected for a whole file of gold prices. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";

const parse = (text: string) => goldCsv.parse(new TextEncoder().encode(text), { name: "Daily.csv", arrivedAt: "" });
const lines = (...prices: readonly string[]) =>
  ["Date,EUR,JPY", ...prices.map((each, index) => `1/${index + 1}/1980,${each}`)].join("\n").concat("\n");

test.each([
  ["dots between thousands and no decimals", ["2.223,43.164.900", "2.224,43.165.100", "2.225,43.166.000"]],
  [
    "numbers that may be thousands or decimals, and nothing that decides",
    ["2.223,43.164", "2.224,43.165", "226,43.166"],
  ],
  ["decimal commas", ['"2.223,5","137,1"', '"2.224,5","137,2"', '"226","137,3"']],
])("a file with %s is refused completely, and the problem has the reason", async (_, prices) => {
  const { observations, problems } = await parse(lines(...prices));
  expect(observations).toEqual([]);
  expect(problems).toMatchObject([
    { reason: "another-number-format", row: 2, expected: expect.stringContaining("decimal point") },
  ]);
});

test.each([
  ["three decimals beside others", ["226.105,137.12", "226.5,137.1", "227.1,138.25"], 6],
  ["commas between thousands and no decimals", ['"2,223","43,164,900"', '"2,224","43,165,000"', '226,"43,166,000"'], 5],
  ["whole numbers", ["226,137", "226,138", "227,138"], 6],
])("a file with %s is read with a decimal point", async (_, prices, count) => {
  const { observations, problems } = await parse(lines(...prices));
  expect(problems.map(({ reason }) => reason).filter((reason) => reason === "another-number-format")).toEqual([]);
  expect(observations.length).toBe(count);
});

test("one German number in a good file loses only that number", async () => {
  const { observations, problems } = await parse(lines("226.1,137.1", '226.2,"137,2"', "226.3,137.3"));
  expect(observations.length).toBe(5);
  expect(problems.map(({ reason }) => reason)).toContain("malformed-number");
});

const shared = "../shared/cases/gold-now-german-whole.csv";
if (!existsSync(shared)) console.log(`skipped: ${shared} is not there`);
test.skipIf(!existsSync(shared))("the gold file with dots between thousands gives no price", async () => {
  expect(await parse(readFileSync(shared, "utf8"))).toMatchObject({
    observations: [],
    problems: [{ reason: "another-number-format", found: expect.stringContaining("1564 numbers") }],
  });
});

test("a long text in a cell takes linear time", async () => {
  const digits = "1 ".repeat(900_000);
  const { problems } = await parse(lines(`${digits}x,137.1`, "226.1,137.1"));
  expect(problems).toContainEqual(expect.objectContaining({ reason: "no-number", row: 2, column: "EUR" }));
});
