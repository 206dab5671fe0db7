/** The three monthly files of Chile, in the layout of the real files and with their quirks. All are offered every day. */

import { addDays } from "../../shared/lib/calendar.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { addPeriods } from "../../shared/period.ts";
import { type ChileMarket, chileMarket } from "./chile-market.ts";
import { withLostPoint } from "./lost-points.ts";
import type { Publication, PublicationSettings } from "./publication.ts";
import { randomFrom } from "./random.ts";

const MONTHS = ["Ene", "Feb", "Mar", "Abr", "May", "Jun", "Jul", "Ago", "Sep", "Oct", "Nov", "Dic"];
/** A month is published on this day of the next one; the central bank publishes one month later. */
const PUBLISHED_ON = 15;

type Rows = readonly (readonly string[])[];

interface File {
  readonly feed: string;
  readonly path: string;
  readonly monthsLate: number;
  rows(market: ChileMarket, until: string): Rows;
}

const files: readonly File[] = [
  { feed: "cl-milk-price", path: "/precio_leche.csv", monthsLate: 0, rows: priceRows },
  { feed: "cl-rain", path: "/precipitaciones.csv", monthsLate: 0, rows: rainRows },
  { feed: "cl-central-bank", path: "/banco_central.csv", monthsLate: 1, rows: bankRows },
];

export const chilePublications = files.map(
  (file) =>
    ({ seed }: PublicationSettings): Publication => ({
      feed: file.feed,
      newOn: (until) => [until],
      match: (url) => url.pathname === file.path,
      respond(_url, today) {
        const until = lastMonth(today, file.monthsLate);
        const text = file
          .rows(chileMarket(seed), until)
          .map((row) => `${row.join(",")}\r\n`)
          .join("");
        const published = `${addPeriods(until, 1 + file.monthsLate)}-${PUBLISHED_ON}`;
        const bytes = encodeUtf8(text);
        return { contentType: "text/csv", bytes, lastModified: new Date(`${published}T15:00:00Z`) };
      },
    }),
);

/** Returns the last month that is published on a day. */
function lastMonth(today: string, monthsLate: number): string {
  return addPeriods(addDays(today, 1 - PUBLISHED_ON).slice(0, 7), -1 - monthsLate);
}

function priceRows(market: ChileMarket, until: string): Rows {
  const rows = [...market.price(until)].map(([period, price]) => [
    period.slice(0, 4),
    MONTHS[Number(period.slice(5)) - 1] ?? "",
    String(Math.round(price * 100) / 100),
  ]);
  return [["Anio", "Mes", "Precio_leche"], ...rows];
}

function rainRows(market: ChileMarket, until: string): Rows {
  const rain = market.rain(until);
  const months = [...([...rain.values()][0]?.keys() ?? [])];
  const rows = months.map((month) => [
    `${month}-01`,
    ...[...rain.values()].map((values) => String(values.get(month) ?? "")),
  ]);
  return [["date", ...rain.keys()], ...unordered(rows)];
}

/** With a line that occurs twice, a month that does not exist, and a letter in place of a number. */
function bankRows(market: ChileMarket, until: string): Rows {
  const bank = market.bank(until);
  const months = [...new Set([...bank.values()].flatMap((values) => [...values.keys()]))];
  const cell = (value: number | undefined) => (value === undefined ? "" : withLostPoint(value));
  const rows = months.map((month) => [
    `${month}-01 00:00:00 UTC`,
    ...[...bank.values()].map((values) => cell(values.get(month))),
  ]);
  const [twice = []] = rows;
  const impossible = rows.slice(1, 2).map((row) => ["2020-13-01 00:00:00 UTC", ...row.slice(1)]);
  const withLetter = rows.map((row, at) => (at === 3 ? row.with(1, "a") : row));
  return [["Periodo", ...bank.keys()], ...unordered([...withLetter, twice, ...impossible])];
}

/** Returns the rows in another order, always the same. */
function unordered(rows: Rows): Rows {
  const random = randomFrom("order");
  const places = rows.map((row) => [random.uniform(), row] as const);
  return places.sort(([a], [b]) => a - b).map(([, row]) => row);
}
