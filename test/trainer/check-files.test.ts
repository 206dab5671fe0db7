/** Tests that local files are held by the rules of the hub. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";
import { checkFiles, readAsOf } from "../../trainer/check-files.ts";
import { readFactHistory } from "../../trainer/replay/fact-history.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-judge-"));

/** Writes 100 weekdays of gold prices in euro from 2026-01-01, multiplied by `scale`. */
function file(name: string, days: number, scale = 1): string {
  const lines = ["Date,EUR"];
  for (let index = 0; lines.length <= days; index++) {
    const day = addDays("2026-01-01", index);
    const [year, month, date] = day.split("-").map(Number);
    if (isoWeekday(day) <= 5) lines.push(`${month}/${date}/${year},${((2000 + index) * scale).toFixed(1)}`);
  }
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  return join(folder, name);
}

const asOf = "2026-11-29T12:00:00Z";

test("a file that restates the history in another unit is held, and the other facts are unchanged", async () => {
  const [old, wrong] = [file("old.csv", 100), file("wrong.csv", 101, 31.1)];
  const { files, facts } = await checkFiles(goldCsv, [old, wrong], asOf);
  expect(files.map(({ file: path, held }) => [path, held])).toEqual([
    [old, null],
    [wrong, expect.stringContaining("100 values of EUR are about 31.1 times the stored values")],
  ]);
  expect(facts.length).toBe(100);
  expect(facts[0]?.value).toBe(2000);
});

test("files that agree are all ingested", async () => {
  const { files, facts } = await checkFiles(goldCsv, [file("a.csv", 60), file("b.csv", 61)], asOf);
  expect(files.map(({ held }) => held)).toEqual([null, null]);
  expect(facts.length).toBe(61);
});

const now = new Date("2026-11-20T12:00:00Z");

test("--as-of sets the arrival time of the files", async () => {
  const path = file("c.csv", 80);
  const upTo = async (day: string) =>
    (await checkFiles(goldCsv, [path], readAsOf(day, now))).files[0]?.parsed.observations;
  expect((await upTo("2026-11-29"))?.length).toBe(80);
  expect((await upTo("2026-02-02"))?.at(-1)?.period).toBe("2026-02-02");
  expect(readAsOf(undefined, now)).toBe("2026-11-20T12:00:00.000Z");
  expect(readAsOf("2024-02-29", now)).toBe("2024-02-29T23:59:59.999Z");
  expect(readAsOf("2026-10-25T02:30+01:00", now)).toBe("2026-10-25T01:30:00.000Z");
  for (const text of [
    "yesterday",
    "",
    "2023-02-29",
    "2023-02-29T10:00Z",
    "2024-04-31",
    "2024-01-01T25:00Z",
    "2024-01-01T10:00",
  ])
    expect(() => readAsOf(text, now)).toThrow(`--as-of ${text} is not a date. Expected YYYY-MM-DD`);
});

test("a purchase that a later file states as failed is not used, in training and in a replay", async () => {
  const line = (transaction_id: string, status: string) => ({
    ...{ transaction_id, status, customer_id: 1, amount: 250.5, currency: "USD" },
    ...{ timestamp: "2026-10-18T14:32:00Z", payment_method: null },
  });
  const [first, later] = [[line("T1", "Completed"), line("T2", "Completed")], [line("T1", "Failed")]].map(
    (lines, at) => {
      const path = join(folder, `transactions-${at}.json`);
      writeFileSync(path, JSON.stringify(lines));
      return path;
    },
  );
  if (!first || !later) throw new Error("expected two files");
  const { files, facts } = await checkFiles(transactionsJson, [first, later], asOf);
  expect(files.map(({ held, retracted }) => [held, retracted])).toEqual([
    [null, 0],
    [null, 2],
  ]);
  const left = ["amount", "second_of_day"].map((variable) => ['["1","T2"]', variable]);
  expect(facts.map(({ series, variable }) => [series, variable])).toEqual(left);
  const { history } = await readFactHistory([{ feed: transactionsJson, files: [first, later] }], asOf);
  const known = history.factsAt(null).get(transactionsJson.id) ?? [];
  expect(known.map(({ series, variable }) => [series, variable])).toEqual(left);
});
