/** The file of gold prices: one line per weekday, with thousands commas and `#N/A` as in the real file. */
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { GOLD_CURRENCIES, goldMarket } from "./gold-market.ts";
import type { Publication, PublicationSettings } from "./publication.ts";

const PATH = "/Daily.csv";

export function goldPublication(settings: PublicationSettings): Publication {
  const market = goldMarket(settings);
  return {
    feed: "gold-csv",
    newOn: (until) => market.days(until).slice(-1),
    match: (url) => url.pathname === PATH,
    respond: (_url, today) => {
      const days = market.days(today);
      const last = days.at(-1);
      if (last === undefined) return null;
      const lines = days.map((day) => [monthFirst(day), ...market.prices(day, today).map(cellOf)].join(","));
      // The real file ends without a line break.
      const bytes = encodeUtf8([`Date,${GOLD_CURRENCIES.join(",")}`, ...lines].join("\n"));
      return { contentType: "text/csv", bytes, lastModified: new Date(`${last}T17:00:00Z`) };
    },
  };
}

function monthFirst(day: string): string {
  const [year, month, dayOfMonth] = day.split("-").map(Number);
  return `${month}/${dayOfMonth}/${year}`;
}

/** Formats a price with one decimal. A price with a thousands comma is quoted. */
function cellOf(price: number | null): string {
  if (price === null) return "#N/A";
  const [whole = "", decimal = "0"] = price.toFixed(1).split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return grouped === whole ? `${whole}.${decimal}` : `"${grouped}.${decimal}"`;
}
