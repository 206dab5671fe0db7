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
import { monthlyFeed } from "./monthly-csv/monthly-feed.ts";
import { readFirstDay } from "./monthly-csv/read-month.ts";

export const clCentralBank = monthlyFeed({
  id: "cl-central-bank",
  title: "Monthly statistics of the central bank of Chile",
  translations: { es: { title: "Estadísticas mensuales del Banco Central de Chile" } },
  publisher: "Banco Central de Chile",
  homepage: "https://si3.bcentral.cl",
  variables: Object.fromEntries(
    Object.entries(declared).map(([name, { unit }]) => [name, { title: name.replaceAll(/_+/g, " "), unit }]),
  ),
  timezone: "America/Santiago",
  host: "si3.bcentral.cl",
  file: "banco_central.csv",
  // National accounts are revised for about two years.
  correctedDays: 730,
  month: ["Periodo"],
  readMonth: ([month = ""]) => readFirstDay(month),
  readColumn(column, cells, problems) {
    const anchor = { period: anchorMonth, level: declared[column]?.level ?? Number.NaN };
    return decodeNumbers(column, cells, { anchor, problems });
  },
});
