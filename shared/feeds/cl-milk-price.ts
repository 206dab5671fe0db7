/**
 * The price of milk paid to producers in Chile: one file, one line per month, from January 1979.
 *
 *     Anio,Mes,Precio_leche
 *     1979,Ene,3.85
 *     2018,Dic,216.55
 *
 * Months are Spanish abbreviations (`Ene` to `Dic`; `Set` and a dot at the end are accepted). Lines may be in any order,
 * and a line may occur twice.
 *
 * Reasons of problems:
 * - A value: `no-number`, `malformed-number`, `out-of-range`, `implausible-jump` (a misplaced decimal point, or another
 *   unit), `contradicting-rows` (two lines of one month disagree; both are rejected), `cut-off`.
 * - A row: `unreadable-month`, `implausible-month`, `malformed-row` (more or fewer fields than the header).
 * - A column: `duplicate-column`. A file: `too-large`, `not-text`, `unexpected-header`, `too-many-columns`,
 *   `too-many-cells`. Remarks, which lose no value: `unknown-column`, `missing-column`.
 */
import { firstDayOf } from "../period.ts";
import { type JumpLimits, separateJumps } from "./jumps.ts";
import { monthlyFeed } from "./monthly-csv/monthly-feed.ts";
import { readSpanishMonth } from "./monthly-csv/read-month.ts";
import { readNumbers, type Valued } from "./monthly-csv/read-number.ts";
import type { MonthCell } from "./monthly-csv/read-table.ts";
import { problem } from "./problem.ts";
import type { ProblemList } from "./problem-list.ts";

const variable = "Precio_leche";

/** The largest change in one month since 1979 is 1.26-fold. */
const jumpLimits: JumpLimits = { moveMax: 1.6, levelMax: 4, coarseBelow: 0, gapDaysMax: 400 };
const range = { from: 0.01, to: 1e6, exponents: false };

export const clMilkPrice = monthlyFeed({
  id: "cl-milk-price",
  title: "Producer price of milk in Chile",
  translations: { es: { title: "Precio de la leche al productor en Chile" } },
  publisher: "Odepa, Ministerio de Agricultura",
  homepage: "https://www.odepa.gob.cl/rubro/leche-y-derivados",
  variables: { [variable]: { title: "Price of milk paid to producers", unit: "CLP/l" } },
  timezone: "America/Santiago",
  host: "www.odepa.gob.cl",
  file: "precio_leche.csv",
  month: ["Anio", "Mes"],
  readMonth: ([year = "", month = ""]) => readSpanishMonth(year, month),
  readColumn: readPrices,
});

function readPrices(column: string, cells: readonly MonthCell[], problems: ProblemList): Valued[] {
  const prices = readNumbers(column, cells, { range, problems });
  const priced = prices.map((price) => ({ price, period: firstDayOf(price.period), value: price.value }));
  const { accepted, jumps } = separateJumps(priced, jumpLimits);
  for (const { price: jump, reference, ratioMax } of jumps) {
    const { row, period, text: found } = jump.price;
    const expected = `a price within ${ratioMax} times of ${reference?.price.text} in row ${reference?.price.row}`;
    problems.add(problem("implausible-jump", { row, column, period, found, expected }));
  }
  return accepted.map(({ price }) => price);
}
