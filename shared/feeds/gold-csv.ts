/**
 * The price of gold in nineteen currencies, per troy ounce, for every weekday: one file that grows by a line per day.
 *
 *     Date,USD,EUR,JPY,…
 *     12/29/1978,226.0,137.1,#N/A,…
 *     1/2/1979,226.8,137.3,"43,164.9",…
 *
 * Dates have the month first. `#N/A` means that there is no price yet; it is counted as skipped, not as a problem. If a
 * price is stored for that day and currency, the flow reports it as `blanked-value`; the stored price stays in use. On
 * holidays the file repeats the day before. Lines may be in any order.
 *
 * Reasons of problems:
 * - A value: `missing-value`, `no-number`, `malformed-number` (grouping that is not by thousands, a decimal comma, an
 *   exponent), `out-of-range`, `implausible-jump` (a misplaced decimal point, or another unit), `doubtful-row` (too many
 *   prices of its line jump), `contradicting-rows` (two lines of one day disagree), `cut-off`.
 * - A row: `unreadable-date`, `impossible-date`, `ambiguous-date` (other lines have the day first), `implausible-date`,
 *   `weekend-date`, `malformed-row` (more or fewer fields than the header, or a quote that does not close).
 * - A column: `duplicate-column`.
 * - A file: `too-large`, `too-many-lines`, `too-many-columns`, `too-many-cells`, `not-text`, `unexpected-header`,
 *   `another-number-format` (its numbers have a decimal comma, or may have).
 * - Remarks, which lose no value: `unknown-column`, `missing-column`.
 */
import type { Feed, FileOrigin, Parsed } from "./feed.ts";
import { currencies } from "./gold-csv/currencies.ts";
import { readRows } from "./gold-csv/read-rows.ts";
import { refuseJumps } from "./gold-csv/refuse-jumps.ts";
import { problem, refusedFile } from "./problem.ts";
import { decodeText } from "./text.ts";

export const goldCsv: Feed = {
  id: "gold-csv",
  title: "Gold price by currency",
  translations: { es: { title: "Precio del oro por moneda" } },
  publisher: "World Gold Council (LBMA price)",
  homepage: "https://www.gold.org/goldhub/data/gold-prices",
  dimensions: [],
  variables: Object.fromEntries(
    currencies.map((code) => [code, { title: `Gold price in ${code}`, unit: `${code}/ozt` }]),
  ),
  granularity: "day",
  // The price is fixed in London.
  timezone: "Europe/London",
  partitionBy: "year",
  limits: {
    // Forty-eight years take 2.3 MB, 12,500 lines and 250,000 cells. Sixty-seven years fit, and the worst file within these
    // limits fits into a heap of 128 MB (test/feeds/worst-input.test.ts).
    bytesMax: 4_000_000,
    unzippedBytesMax: 4_000_000,
    cellsMax: 350_000,
    // A good file has none.
    problemsMax: 5_000,
    problemRateMax: 0.1,
    seriesLostMax: 0,
    contradictedMax: 0.05,
    correctedDays: 0,
  },
  file: {
    extension: ".csv",
    contentTypes: ["text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream"],
    magic: "",
  },
  source: {
    // The World Gold Council requires a login, so a mirror of its file has to be configured.
    baseUrl: "",
    hosts: ["www.gold.org", "fsapi.gold.org", "raw.githubusercontent.com"],
    enough: "first",
    requests: (_cursor, today) => [{ period: today, path: "/Daily.csv", name: "Daily.csv", isGrowing: true }],
  },
  publishedOn: () => null,
  parse,
};

async function parse(bytes: Uint8Array, { arrivedAt }: FileOrigin): Promise<Parsed> {
  const { bytesMax } = goldCsv.limits;
  if (bytes.length > bytesMax) {
    return refusedFile(problem("too-large", { found: `${bytes.length} bytes`, expected: `at most ${bytesMax} bytes` }));
  }
  const text = decodeText(bytes);
  if (text === null) {
    return refusedFile(
      problem("not-text", { found: "bytes that are not UTF-8 text", expected: "a CSV file in UTF-8" }),
    );
  }
  const read = readRows(text, { arrivedAt, limits: goldCsv.limits });
  if (!read.ok) return refusedFile(read.error);
  return refuseJumps(read.value);
}
