/**
 * Rain in eight regions of Chile, in millimetres per month, from January 1979.
 *
 *     date,Coquimbo,Valparaiso,…
 *     1989-02-01,0.71903267610039,0.117045454124545,…
 *
 * The date is the first day of the month. Lines may be in any order, and a line may occur twice. Small numbers have an
 * exponent: `3.2e-09`.
 *
 * Reasons of problems:
 * - A value: `no-number`, `malformed-number`, `out-of-range`, `contradicting-rows` (two lines of one month disagree; both
 *   are rejected), `cut-off`.
 * - A row: `unreadable-month`, `impossible-month`, `not-first-day`, `implausible-month`, `malformed-row`.
 * - A column: `duplicate-column`. A file: `too-large`, `not-text`, `unexpected-header`, `too-many-columns`,
 *   `too-many-cells`. Remarks, which lose no value: `unknown-column`, `missing-column`.
 */
import { monthlyFeed } from "./monthly-csv/monthly-feed.ts";
import { readFirstDay } from "./monthly-csv/read-month.ts";
import { readNumbers } from "./monthly-csv/read-number.ts";

const rainRegions = [
  "Coquimbo",
  "Valparaiso",
  "Metropolitana_de_Santiago",
  "Libertador_Gral__Bernardo_O_Higgins",
  "Maule",
  "Biobio",
  "La_Araucania",
  "Los_Rios",
];

/** More than twice the largest value since 1979, which is 760 mm. */
const range = { from: 0, to: 2000, exponents: true };

export const clRain = monthlyFeed({
  id: "cl-rain",
  title: "Rain in the regions of Chile",
  translations: { es: { title: "Lluvia en las regiones de Chile" } },
  publisher: "Dirección General de Aguas",
  homepage: "https://dga.mop.gob.cl",
  variables: Object.fromEntries(
    rainRegions.map((region) => [region, { title: `Rain in ${region.replaceAll(/_+/g, " ")}`, unit: "mm" }]),
  ),
  timezone: "America/Santiago",
  host: "dga.mop.gob.cl",
  file: "precipitaciones.csv",
  month: ["date"],
  readMonth: ([date = ""]) => readFirstDay(date),
  readColumn: (column, cells, problems) => readNumbers(column, cells, { range, problems }),
});
