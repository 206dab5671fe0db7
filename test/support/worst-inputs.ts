/** Builds the most expensive files within the limits of their feed. Tests measure memory and time with them. */

import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { vigo } from "../../shared/feeds/places.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";
import { spanishDay } from "../../trainer/simulate/publication-days.ts";
import { rawWorkbook, sheetXml } from "./raw-workbook.ts";

export interface WorstInput {
  readonly feed: string;
  readonly file: string;
  /** Null if the file is parsed; otherwise the reason of the problem that rejects it. */
  readonly refusal: string | null;
  make(): Uint8Array;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const day = (index: number) => addDays("2016-01-01", index);
const letters = (index: number) =>
  Array.from(String(index), (digit) => String.fromCharCode(97 + Number(digit))).join("");

/** Returns title, date and headers of a block, in four rows. */
function head(row: number, date: string): string {
  const cells = (at: number, texts: Readonly<Record<string, string>>) =>
    `<row r="${at}">${Object.entries(texts)
      .map(([column, text]) => `<c r="${column}${at}" t="str"><v>${text}</v></c>`)
      .join("")}</row>`;
  return [
    cells(row, { A: "Precio promedio al consumidor por litro de leche (pesos)" }),
    cells(row + 1, { A: spanishDay(date) }),
    cells(row + 2, { A: "Estado", B: "Ciudad", C: "Leche pasteurizada", E: "Leche ultrapasteurizada" }),
    cells(row + 3, { C: "Autoservicios", D: "Tiendas", E: "Autoservicios", F: "Tiendas" }),
  ].join("");
}

/**
 * Builds blocks of the given number of cities, up to the limit of cells. `cells` makes the cells of a row from column
 * A; they need no addresses. The first row of a block has all its prices.
 */
function milk(citiesPerBlock: number, cellsPerRow: number, cells: (row: number, city: number) => string): string {
  const rows: string[] = [];
  let [left, row] = [sniimMilk.limits.cellsMax - 10, 1];
  for (let block = 0; left > 32 + citiesPerBlock * (cellsPerRow + 1); block++) {
    rows.push(head(row, day(block)));
    const first = `<c t="str"><v>Jalisco</v></c><c t="str"><v>Tecate</v></c>${"<c><v>20</v></c>".repeat(4)}`;
    rows.push(`<row r="${row + 4}">${first}</row>`);
    row += 5;
    for (let city = 0; city < citiesPerBlock; city++, row++) rows.push(`<row>${cells(row, city)}</row>`);
    left -= 28 + citiesPerBlock * (cellsPerRow + 1);
  }
  return rows.join("");
}

const state = '<c t="s"><v>0</v></c>';

const strings = (texts: readonly string[]) => ({
  "xl/sharedStrings.xml": `<sst>${texts.map((text) => `<si><t>${text}</t></si>`).join("")}</sst>`,
});

const book = (rows: string, texts: readonly string[] = []) =>
  rawWorkbook({ sheets: { Leche: sheetXml(rows) }, parts: strings(texts) });

const longText = "á ".repeat(16_383);

export const worstInputs: readonly WorstInput[] = [
  {
    feed: "sniim-milk",
    file: "as many prices as the limits allow",
    refusal: null,
    make: () => {
      const cities = Array.from({ length: 400 }, (_, index) => `Ciudad ${letters(index)}`);
      const cells = (_row: number, city: number) =>
        `${state}<c t="s"><v>${city + 1}</v></c>${`<c><v>2${city % 10}.51</v></c>`.repeat(4)}`;
      return book(milk(400, 6, cells), ["Jalisco", ...cities]);
    },
  },
  {
    feed: "sniim-milk",
    file: "one shared string of 32,767 characters in every cell",
    refusal: null,
    make: () => {
      const cells = () => state.repeat(6);
      return book(milk(300, 6, cells), [longText]);
    },
  },
  {
    feed: "sniim-milk",
    file: "rows outside every block, all of one long string",
    refusal: null,
    make: () => {
      const row = `<row>${state.repeat(5)}<c><v>9</v></c></row>`;
      const rows = row.repeat(sniimMilk.limits.cellsMax / 7 - 20);
      return book(`${head(1, "2024-01-05")}<row r="9"/>${rows}`, [longText]);
    },
  },
  {
    feed: "sniim-milk",
    file: "a different name in every row, and no price",
    refusal: null,
    make: () => {
      const cells = (row: number) => `${state}<c t="str"><v>Ciudad ${letters(row)}</v></c>`;
      return book(milk(10_000, 2, cells), ["Jalisco"]);
    },
  },
  {
    feed: "sniim-milk",
    file: "a date in every cell",
    refusal: null,
    make: () => {
      const cells = (_row: number, city: number) =>
        `${state}<c t="str"><v>${letters(city)}</v></c>${'<c s="1"><v>45000.5</v></c>'.repeat(4)}`;
      const format = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="&quot;${"x".repeat(240)}&quot;yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>`;
      const parts = { ...strings(["Jalisco"]), "xl/styles.xml": format };
      return rawWorkbook({ sheets: { Leche: sheetXml(milk(200, 6, cells)) }, parts });
    },
  },
  {
    feed: "gold-csv",
    file: "as many prices as the limits allow",
    refusal: null,
    make: () => {
      const names = Object.keys(goldCsv.variables);
      const lines = [`Date,${names.join(",")}`];
      const count = goldCsv.limits.cellsMax / (names.length + 1) - 10;
      for (let index = 0; lines.length < count; index++) {
        const date = addDays("1968-03-15", index);
        if (isoWeekday(date) > 5) continue;
        const [year, month, dayOfMonth] = date.split("-").map(Number);
        lines.push(`${month}/${dayOfMonth}/${year}${`,100${index % 10}.${index % 7}`.repeat(names.length)}`);
      }
      return utf8(`${lines.join("\n")}\n`);
    },
  },
  {
    feed: "gold-csv",
    file: "a million digits in a cell",
    refusal: null,
    make: () => utf8(`Date,EUR\n1/2/1979,${"1".repeat(1_900_000)}x\n1/3/1979,${"1 ".repeat(900_000)}x\n`),
  },
  {
    feed: "gold-csv",
    file: "four million columns",
    refusal: "too-many-columns",
    make: () => utf8(`Date,EUR${",".repeat(goldCsv.limits.bytesMax - 10)}`),
  },
  {
    feed: "open-meteo-air-quality",
    file: "as many hours as the limits allow",
    refusal: null,
    make: () => air((hour) => `${hour % 90}.${hour % 10}`),
  },
  {
    feed: "open-meteo-air-quality",
    file: "a text in place of every value",
    refusal: null,
    make: () => air((hour) => `"${hour % 1000}"`),
  },
  {
    feed: "open-meteo-air-quality",
    file: "three million brackets",
    refusal: "too-complex",
    make: () => utf8("[".repeat(2_999_999)),
  },
  {
    feed: "open-meteo-air-quality",
    file: "a million empty lists",
    refusal: "too-complex",
    make: () => utf8(`{"a":[${"[],".repeat(990_000)}[]]}`),
  },
  {
    feed: "transactions-json",
    file: "as many purchases as the limits allow",
    refusal: null,
    make: () => utf8(`[${Array.from({ length: purchasesMax }, (_, at) => purchase(at, at % 9)).join(",")}]`),
  },
  {
    feed: "transactions-json",
    file: "one transaction in every row, each time with another amount",
    refusal: null,
    make: () => utf8(`[${Array.from({ length: purchasesMax }, (_, at) => purchase(1, at)).join(",")}]`),
  },
  {
    feed: "transactions-json",
    file: "two million empty lists",
    refusal: "too-complex",
    make: () => utf8(`[${"[],".repeat(2_000_000)}[]]`),
  },
  {
    feed: "customers-csv",
    file: "as many customers as the limits allow",
    refusal: null,
    make: () => {
      const lines = Array.from(
        { length: 49_000 },
        (_, at) => `${at},Ann ${letters(at)},,34,West,2020-11-22,2025-09-30,8`,
      );
      return utf8(`${customersHeader}\n${lines.join("\n")}\n`);
    },
  },
  {
    feed: "customers-csv",
    file: "four million columns",
    refusal: "too-many-columns",
    make: () => utf8(`${customersHeader}${",".repeat(3_999_900)}`),
  },
];

const customersHeader = "customer_id,name,email,age,region,signup_date,last_purchase,loyalty_points";
const purchasesMax = 40_000;

function purchase(id: number, amount: number): string {
  return JSON.stringify({
    transaction_id: `T${id}`,
    customer_id: id % 2000,
    amount: amount + 1,
    currency: "USD",
    timestamp: "2025-10-18T14:32:00Z",
    payment_method: "Credit Card",
    status: "Completed",
  });
}

function air(value: (hour: number) => string): Uint8Array {
  const feed = findFeed("open-meteo-air-quality");
  const measured = Object.entries(feed?.variables ?? {}).filter(([, { isForecast }]) => !isForecast);
  const hours = Math.floor((feed?.limits.cellsMax ?? 0) / (measured.length + 1));
  const time = (hour: number) => new Date(Date.UTC(2020, 0, 1, hour)).toISOString().slice(0, 16);
  const list = (of: (hour: number) => string) => `[${Array.from({ length: hours }, (_, hour) => of(hour)).join(",")}]`;
  const units = measured.map(([name, { unit }]) => `,"${name}":"${unit}"`).join("");
  const lists = measured.map(([name]) => `,"${name}":${list(value)}`).join("");
  const place = `"latitude":${vigo.latitude},"longitude":${vigo.longitude},"utc_offset_seconds":0,"timezone":"GMT"`;
  return utf8(
    `{${place},"hourly_units":{"time":"iso8601"${units}},"hourly":{"time":${list((hour) => `"${time(hour)}"`)}${lists}}}`,
  );
}
