/** SNIIM's milk workbooks at its addresses: `…/Otros/Leche20112026.xlsx` is the workbook of 20 November 2026. */
import { isIsoDay } from "../../shared/lib/calendar.ts";
import { milkMarket } from "./milk-market.ts";
import type { Publication, PublicationSettings } from "./publication.ts";
import { writeSniimWorkbook } from "./sniim-workbook.ts";

const FOLDER = "/SNIIM-Archivosfuente/Comentarios/Otros/";
const CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Number of cached workbooks: a catch-up requests each several times, and one has about 1.5 MB. */
const CACHED_MAX = 20;

export function sniimPublication(settings: PublicationSettings): Publication {
  const market = milkMarket(settings);
  const cache = new Map<string, Uint8Array<ArrayBuffer>>();
  const workbookOf = (day: string): Uint8Array<ArrayBuffer> => {
    const bytes = cache.get(day) ?? writeSniimWorkbook(market, day);
    cache.delete(day);
    cache.set(day, bytes);
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED_MAX) break;
      cache.delete(oldest);
    }
    return bytes;
  };
  return {
    feed: "sniim-milk",
    newOn: (until) => market.publicationDays(until).slice(-3),
    match: (url) => url.pathname.startsWith(FOLDER),
    respond: (url, today) => {
      const day = dayOf(url.pathname.slice(FOLDER.length));
      if (day === null || day > today || market.publicationDays(day).at(-1) !== day) return null;
      return { contentType: CONTENT_TYPE, bytes: workbookOf(day), lastModified: new Date(`${day}T18:00:00Z`) };
    },
  };
}

function dayOf(name: string): string | null {
  const [, dayOfMonth, month, year] = /^Leche(\d{2})(\d{2})(\d{4})\.xlsx$/.exec(name) ?? [];
  const day = `${year}-${month}-${dayOfMonth}`;
  return isIsoDay(day) ? day : null;
}
