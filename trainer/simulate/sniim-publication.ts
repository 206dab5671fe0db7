/** SNIIM's milk workbooks, at the addresses it uses: `…/Otros/Leche20112026.xlsx` is that of 20 November 2026. */

import { isIsoDay } from "../../shared/lib/calendar.ts";
import { milkMarket } from "./milk-market.ts";
import type { Publication, PublicationSettings } from "./publication.ts";
import { writeSniimWorkbook } from "./sniim-workbook.ts";

const FOLDER = "/SNIIM-Archivosfuente/Comentarios/Otros/";
const CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Workbooks are kept once made, up to this many: a catch-up asks for each a few times, and one is a megabyte and a half. */
const KEPT_MAX = 20;

export function sniimPublication(settings: PublicationSettings): Publication {
  const market = milkMarket(settings);
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const workbookOf = (day: string): Uint8Array<ArrayBuffer> => {
    const bytes = kept.get(day) ?? writeSniimWorkbook(market, day);
    kept.delete(day);
    kept.set(day, bytes);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(oldest);
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
