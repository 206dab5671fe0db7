/**
 * Writes SNIIM's workbook: the whole history as blocks of 62 rows, one below the other, on the sheet "Leche".
 * Layout and quirks are the real ones: a state is only in the first row of its merged cell, and the two averages have no
 * state, so that a parser that fills states down assigns them to the last state.
 */
import * as XLSX from "xlsx";
import { MILK_CITIES, VARIETIES } from "./milk-cities.ts";
import type { MilkMarket } from "./milk-market.ts";
import type { CityPrices } from "./milk-process.ts";
import { spanishDay } from "./publication-days.ts";

const MISSING = "s/d";
const TITLE_ROWS = 3;
const HEADER_ROWS = 4;
const BLOCK_ROWS = HEADER_ROWS + MILK_CITIES.length + 4;
const LAST_COLUMN = 5;
const FIRST_PRICE_COLUMN = 2;

type Value = string | number | undefined;

/**
 * Writes all publications of a market up to a day as .xlsx bytes. The same market and day give the same bytes, because
 * SheetJS writes neither time nor author by default. About 3 ms per publication.
 */
export function writeSniimWorkbook(market: MilkMarket, until: string): Uint8Array<ArrayBuffer> {
  const days = market.publicationDays(until);
  const rows: Value[][] = [
    ["Secretaría de Economía"],
    ["Sistema Nacional de Información e Integración de Mercados"],
    [],
    ...days.flatMap((day) => blockRows(day, market.prices(day))),
  ];
  // The real file ends at the last source line, without the blank row that separates two blocks.
  if (days.length > 0) rows.pop();
  const sheet: XLSX.DenseWorkSheet = {
    "!type": "sheet",
    "!data": rows.map((row) => cellsOf(row)),
    "!ref": XLSX.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: rows.length - 1, c: LAST_COLUMN } }),
    "!merges": days.flatMap((_, index) => blockMerges(TITLE_ROWS + index * BLOCK_ROWS)),
  };
  const workbook = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(workbook, sheet, "Leche");
  const bytes: ArrayBuffer = XLSX.write(workbook, { bookType: "xlsx", type: "array", compression: true });
  return new Uint8Array(bytes);
}

function blockRows(day: string, prices: CityPrices): Value[][] {
  const [pasteurised, , ultraPasteurised] = VARIETIES;
  return [
    ["Precio promedio al consumidor por litro de leche (pesos)"],
    [spanishDay(day)],
    ["Estado", "Ciudad", pasteurised.tipo, undefined, ultraPasteurised.tipo],
    [undefined, undefined, ...VARIETIES.map(({ canal }) => canal)],
    ...MILK_CITIES.map(({ state, city }, index) => [
      state === MILK_CITIES[index - 1]?.state ? undefined : state,
      city,
      ...(prices[index] ?? []).map((price) => price ?? MISSING),
    ]),
    [undefined, "Promedio Ponderado por Población", ...averages(prices, (index) => MILK_CITIES[index]?.thousands ?? 0)],
    [undefined, "Promedio aritmético", ...averages(prices, () => 1)],
    ["Fuente: SNIIM"],
    [],
  ];
}

/** Computes the weighted mean of each variety over the cities with a price. As in the real file, 0 is not a price. */
function averages(prices: CityPrices, weightOf: (city: number) => number): Value[] {
  return VARIETIES.map((_, variety) => {
    let sum = 0;
    let weights = 0;
    prices.forEach((cityPrices, city) => {
      const price = cityPrices[variety] ?? 0;
      if (price === 0) return;
      sum += price * weightOf(city);
      weights += weightOf(city);
    });
    return weights === 0 ? MISSING : sum / weights;
  });
}

function blockMerges(top: number): XLSX.Range[] {
  const header = top + 2;
  return [
    { s: { r: top, c: 0 }, e: { r: top, c: LAST_COLUMN } },
    { s: { r: header, c: FIRST_PRICE_COLUMN }, e: { r: header, c: FIRST_PRICE_COLUMN + 1 } },
    { s: { r: header, c: FIRST_PRICE_COLUMN + 2 }, e: { r: header, c: LAST_COLUMN } },
    ...STATE_SPANS.map(({ first, last }) => ({
      s: { r: top + HEADER_ROWS + first, c: 0 },
      e: { r: top + HEADER_ROWS + last, c: 0 },
    })),
  ];
}

/** Indices of the first and last city of each state with more than one city. */
const STATE_SPANS = MILK_CITIES.map(({ state }, first) => ({
  first,
  last: MILK_CITIES.findLastIndex((other) => other.state === state),
})).filter(({ first, last }) => last > first && MILK_CITIES[first - 1]?.state !== MILK_CITIES[first]?.state);

/** Returns the cells of a row. A missing value is a hole, which SheetJS omits from the file as the publisher does. */
function cellsOf(row: readonly Value[]): XLSX.CellObject[] {
  const cells: XLSX.CellObject[] = [];
  row.forEach((value, column) => {
    if (typeof value === "number") cells[column] = { t: "n", v: value };
    else if (value !== undefined) cells[column] = { t: "s", v: value };
  });
  return cells;
}
