/**
 * Monthly statistics of the central bank of Chile: one file of 84 columns, the oldest of which start in January 1970.
 *
 *     Periodo,Imacec_empalmado,…,Precio_de_la_onza_troy_de_oro_dolaresoz,…
 *     2013-03-01 00:00:00 UTC,102.796.218,…,1593.6,…
 *
 * Most numbers have lost their decimal point; `cl-central-bank/decode-numbers.ts` recovers it. Lines may be in any order,
 * and a line may occur twice.
 *
 * Reasons of problems:
 * - A value: `no-number` (such as `a`), `malformed-number`, `out-of-range`, `ambiguous-number` (its size is unclear, or differs too much
 *   from its neighbours), `contradicting-rows` (two lines of one month disagree; both are rejected), `cut-off`.
 * - A row: `unreadable-month`, `impossible-month` (`2020-13-01`), `not-first-day`, `implausible-month`, `malformed-row`.
 * - A column: `duplicate-column`. A file: `too-large`, `not-text`, `unexpected-header`, `too-many-columns`,
 *   `too-many-cells`. Remarks, which lose no value: `unknown-column`, `missing-column`.
 */
import { anchorMonth, columns as declared } from "./cl-central-bank/columns.ts";
import { decodeNumbers } from "./cl-central-bank/decode-numbers.ts";
import type { Feed, Observation, Parsed } from "./feed.ts";
import { csvFile, monthlyLimits } from "./monthly-csv/limits.ts";
import { readFirstDay } from "./monthly-csv/read-month.ts";
import { readTable, series } from "./monthly-csv/read-table.ts";
import type { TableFormat } from "./monthly-csv/table-format.ts";
import { refusedFile } from "./problem.ts";

const format: TableFormat = {
  month: ["Periodo"],
  values: Object.keys(declared),
  readMonth: ([month = ""]) => readFirstDay(month),
  limits: monthlyLimits,
};

export const clCentralBank: Feed = {
  id: "cl-central-bank",
  title: "Monthly statistics of the central bank of Chile",
  publisher: "Banco Central de Chile",
  homepage: "https://si3.bcentral.cl",
  dimensions: [],
  variables: Object.fromEntries(
    Object.entries(declared).map(([name, { unit }]) => [name, { title: name.replaceAll(/_+/g, " "), unit }]),
  ),
  granularity: "month",
  timezone: "America/Santiago",
  partitionBy: "year",
  // National accounts are revised for about two years.
  limits: { ...monthlyLimits, correctedDays: 730 },
  file: csvFile,
  source: {
    baseUrl: "",
    hosts: ["si3.bcentral.cl", "raw.githubusercontent.com"],
    enough: "first",
    requests: (_cursor, today) => [
      { period: today, path: "/banco_central.csv", name: "banco_central.csv", isGrowing: true },
    ],
  },
  publishedOn: () => null,
  parse,
};

async function parse(bytes: Uint8Array): Promise<Parsed> {
  const table = readTable(bytes, format);
  if (!table.ok) return refusedFile(table.error);
  const { columns, problems, blanks, skipped } = table.value;
  const observations = [...columns].flatMap(([variable, cells]) => {
    const anchor = { period: anchorMonth, level: declared[variable]?.level ?? Number.NaN };
    return decodeNumbers(variable, cells, { anchor, problems }).map(
      ({ period, value }): Observation => ({ series, variable, period, value }),
    );
  });
  return { observations, blanks, problems: problems.list(), skipped };
}
