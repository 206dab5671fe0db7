/** Builds small workbooks in SNIIM's layout, cell by cell, so that a test can break exactly one thing. */
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
  /** Replaces the text of the day. */
  readonly date?: CellValue;
}

/** Returns the rows of a block as a two-dimensional array. Every row has its state, without merged cells. */
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

/** Builds a workbook of valid blocks. */
export function publication(blocks: readonly Block[]): Uint8Array {
  return workbook(blocks.flatMap(blockRows));
}

/** Returns cities with plausible, different prices. */
export function someCities(count = 3, price = 20): City[] {
  const states = ["Jalisco", "Sonora", "Puebla", "Oaxaca", "Tabasco"];
  return Array.from({ length: count }, (_, index) => ({
    state: states[index % states.length] ?? "Jalisco",
    city: `Ciudad ${"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index % 26]}`,
    prices: [price + index, price + index + 0.25, price + index + 0.5, price + index + 0.75] as const,
  }));
}

/** The same cities; the first one has other prices. A publication that revises more of a few values is held. */
export function revisedCities(count = 3, price = 30): City[] {
  return [...someCities(1, price), ...someCities(count).slice(1)];
}
