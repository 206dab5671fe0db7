/** Small workbooks in SNIIM's layout, written cell by cell so that a test can spoil exactly one thing. */
import * as XLSX from "xlsx";
import { spanishDay } from "../../trainer/simulate/publication-days.ts";

export type CellValue = string | number | null | XLSX.CellObject;

export interface City {
  readonly state: string;
  readonly city: string;
  /** Pasteurizada Autoservicios, Tiendas; Ultrapasteurizada Autoservicios, Tiendas. */
  readonly prices: readonly [CellValue, CellValue, CellValue, CellValue];
}

export interface Block {
  readonly day: string;
  readonly cities: readonly City[];
  /** Written instead of the day's own text. */
  readonly date?: CellValue;
}

/** A block's rows as a two-dimensional array; states are written on every row, as if nothing were merged. */
export function blockRows({ day, date, cities }: Block): CellValue[][] {
  return [
    ["Precio promedio al consumidor por litro de leche (pesos)"],
    [date === undefined ? spanishDay(day) : date],
    ["Estado", "Ciudad", "Leche pasteurizada", null, "Leche ultrapasteurizada", null],
    [null, null, "Autoservicios", "Tiendas", "Autoservicios", "Tiendas"],
    ...cities.map(({ state, city, prices }) => [state, city, ...prices]),
    ["Fuente: SNIIM"],
    [],
  ];
}

export function workbook(rows: readonly (readonly CellValue[])[], sheet = "Leche"): Uint8Array {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, sheetOf(rows), sheet);
  return writeBook(book);
}

export function sheetOf(rows: readonly (readonly CellValue[])[]): XLSX.WorkSheet {
  return XLSX.utils.aoa_to_sheet(rows.map((row) => [...row]));
}

export function writeBook(book: XLSX.WorkBook): Uint8Array {
  return new Uint8Array(XLSX.write(book, { type: "array", bookType: "xlsx", compression: true }) as ArrayBuffer);
}

/** One workbook of whole, unspoilt blocks. */
export function publication(blocks: readonly Block[]): Uint8Array {
  return workbook(blocks.flatMap(blockRows));
}

/** Cities with plausible prices that differ from each other. */
export function someCities(count = 3, price = 20): City[] {
  const states = ["Jalisco", "Sonora", "Puebla", "Oaxaca", "Tabasco"];
  return Array.from({ length: count }, (_, index) => ({
    state: states[index % states.length] ?? "Jalisco",
    city: `Ciudad ${"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index % 26]}`,
    prices: [price + index, price + index + 0.25, price + index + 0.5, price + index + 0.75] as const,
  }));
}
