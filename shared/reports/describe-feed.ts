import type { ReportFeed } from "../api/report-model.ts";
import type { Feed } from "../feeds/feed.ts";

type Declared = "id" | "title" | "translations" | "publisher" | "homepage" | "licence" | "breaks";

/** Returns what a report states about a feed from its declaration. */
export function describeFeed(feed: Feed): Pick<ReportFeed, Declared> {
  const { id, title, translations, publisher, homepage, licence, breaks = [] } = feed;
  return {
    ...{ id, title, publisher, homepage },
    ...(translations && { translations: { ...translations } }),
    licence: licence ?? null,
    breaks: breaks.map(({ from, note }) => ({ from, note })),
  };
}
