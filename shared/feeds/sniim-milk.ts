/**
 * SNIIM, Mexico: consumer prices of milk in MXN per litre, by state, city, kind and channel.
 *
 * Every workbook contains the whole history as stacked blocks, one per publication day:
 *
 *     Precio promedio al consumidor por litro de leche (pesos)
 *     Viernes, 3 de enero de 2025
 *     Estado          | Ciudad   | Leche pasteurizada     |        | Leche ultrapasteurizada |
 *                     |          | Autoservicios | Tiendas         | Autoservicios | Tiendas
 *     Baja California | Mexicali | 24.05         | 26.32           | 22.9          | 22.8
 *       (merged)      | Tijuana  | s/d           | s/d             | 29.77         | 25.37
 *                     | Promedio aritmético …                                                  (not a city)
 *     Fuente: SNIIM
 *
 * An empty cell or one without digits (`s/d`) states that there is no price: a problem, `no-number`. If a price is stored
 * for it, the flow reports it as `blanked-value`; the stored price stays in use.
 *
 * Reasons of problems:
 * - A value: `zero-price`, `no-number`, `number-as-text`, `malformed-number`, `formula`, `date-instead-of-price`,
 *   `out-of-range`, `implausible-jump`.
 * - A row: `missing-city`, `missing-state`, `implausible-name`, `duplicate-row`, `shifted-column`, `row-outside-block`,
 *   `too-many-names`.
 * - A block: `shifted-column`, `unreadable-date`, `implausible-date`, `duplicate-date`, `contradicting-dates`,
 *   `unexpected-header`, `unknown-channel`.
 * - A sheet or file: `unexpected-sheet`, `no-blocks`, `too-many-blocks` and the reasons of `workbook/`.
 * - Remarks, which lose no value: `weekday-disagrees`, `name-spelled-otherwise`.
 */
import { addDays, isoDay, isoWeekday } from "../lib/calendar.ts";
import type { Feed, FileOrigin, Parsed, PublicationRequest } from "./feed.ts";
import { refusedFile } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { readSheets } from "./sniim-milk/read-sheet.ts";
import { openWorkbook } from "./workbook/open-workbook.ts";

/** How far back the first fetch goes, and the largest number of files that one fetch requests. */
const lookBackDays = 35;
const requestsMax = 60;

export const sniimMilk: Feed = {
  id: "sniim-milk",
  title: "Milk prices in Mexico",
  translations: { es: { title: "Precios de la leche en México" } },
  publisher: "SNIIM, Secretaría de Economía, México",
  homepage: "https://www.economia-sniim.gob.mx",
  dimensions: ["Estado", "Ciudad", "Tipo", "Canal"],
  variables: { precio: { title: "Consumer price", unit: "MXN/l" } },
  granularity: "day",
  timezone: "America/Mexico_City",
  partitionBy: "day",
  limits: {
    // A year takes 0.8 MB, 2 MB unzipped and 85,000 cells, and each file contains the years since 2024. Four years fit,
    // and the worst file within these limits fits into a heap of 128 MB (test/feeds/worst-input.test.ts).
    bytesMax: 4_000_000,
    unzippedBytesMax: 16_000_000,
    cellsMax: 400_000,
    // A year has about 4,700: prices of 0 and cells of s/d.
    problemsMax: 25_000,
    problemRateMax: 0.3,
    seriesLostMax: 0.2,
    contradictedMax: 0.05,
    correctedDays: 0,
  },
  file: {
    extension: ".xlsx",
    contentTypes: [
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.ms-excel",
      "application/octet-stream",
      "application/zip",
      "application/x-zip-compressed",
    ],
    magic: "504b0304",
  },
  source: {
    baseUrl: "https://www.economia-sniim.gob.mx",
    hosts: ["www.economia-sniim.gob.mx", "economia-sniim.gob.mx"],
    enough: "first",
    requests,
  },
  publishedOn,
  parse,
};

/** Returns Mondays, Wednesdays and Fridays after the cursor, newest first, then the cursor's file in case it was corrected. */
function requests(cursor: string | null, today: string): PublicationRequest[] {
  const oldest = cursor ?? addDays(today, -lookBackDays);
  const wanted: PublicationRequest[] = [];
  for (let day = today; day >= oldest && wanted.length < requestsMax; day = addDays(day, -1)) {
    if (day !== cursor && ![1, 3, 5].includes(isoWeekday(day))) continue;
    const name = `Leche${day.slice(8, 10)}${day.slice(5, 7)}${day.slice(0, 4)}.xlsx`;
    wanted.push({ period: day, name, path: `/SNIIM-Archivosfuente/Comentarios/Otros/${name}` });
  }
  return wanted;
}

function publishedOn(name: string): string | null {
  const match = /leche(\d{2})(\d{2})(\d{4})/i.exec(name);
  return match ? isoDay(Number(match[3]), Number(match[2]), Number(match[1])) : null;
}

async function parse(bytes: Uint8Array, { name }: FileOrigin): Promise<Parsed> {
  const opened = await openWorkbook(bytes, sniimMilk.limits);
  if (!opened.ok) return refusedFile(opened.error);
  const problems = new ProblemList(sniimMilk.limits.problemsMax);
  const { observations, blanks, averages, doubt } = readSheets(opened.value, publishedOn(name), problems);
  const skipped: Record<string, number> = averages > 0 ? { "national-average": averages } : {};
  return { observations, blanks, problems: problems.list(), skipped, ...(doubt === null ? {} : { doubt }) };
}
