/** The Atom feed of a forecast's reports (RFC 4287). */
import type { Report } from "../api/reports.ts";

export interface FeedOptions {
  readonly forecast: string;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  /** The address of the service, without a slash at the end. */
  readonly base: string;
  /** When the forecast has no report yet: the time of the feed, ISO 8601. */
  readonly now: string;
}

export interface FeedEntry extends Pick<Report, "origin" | "revision" | "publishedAt" | "summary" | "path"> {
  /** The language of the summary. */
  readonly language: string;
}

/** Returns the feed with one entry for each published revision, in the order of `reports`. The summary has the findings. */
export function atomFeed(reports: readonly FeedEntry[], { forecast, title, language, base, now }: FeedOptions): string {
  const self = `${base}/reports/${forecast}/feed.xml`;
  const entries = reports.map(({ origin, revision, publishedAt, summary, path, language: own }) => {
    const summaryLanguage = own === language ? "" : ` xml:lang="${escapeXml(own)}"`;
    const address = `${base}${path}`;
    return `  <entry>
    <id>${escapeXml(address)}</id>
    <title>${escapeXml(`${title}, ${origin}${revision === 1 ? "" : ` (${revision})`}`)}</title>
    <updated>${escapeXml(publishedAt)}</updated>
    <link rel="alternate" type="text/html" href="${escapeXml(address)}"/>
    <summary${summaryLanguage}>${escapeXml(summary.join(" "))}</summary>
  </entry>
`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${escapeXml(language)}">
  <id>${escapeXml(self)}</id>
  <title>${escapeXml(title)}</title>
  <updated>${escapeXml(reports[0]?.publishedAt ?? now)}</updated>
  <author><name>Almanac</name></author>
  <link rel="self" type="application/atom+xml" href="${escapeXml(self)}"/>
  <link rel="alternate" type="text/html" href="${escapeXml(`${base}/reports/${forecast}/latest.html`)}"/>
${entries.join("")}</feed>
`;
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes a text for an element or an attribute, and removes control characters, which XML does not allow. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, "")
    .replaceAll(/[&<>"]/g, (character) => escapes[character] ?? "");
}
