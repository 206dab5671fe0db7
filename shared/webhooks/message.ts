/** The body of the message about a new report. docs/REPORTS.md describes it. */

export interface PublishedReport {
  readonly forecast: string;
  readonly title: string;
  /** The last period of the data. */
  readonly origin: string;
  readonly revision: number;
  /** ISO 8601. */
  readonly publishedAt: string;
  /** The version that predicted; null if none serves. */
  readonly version: string | null;
  /** The findings, one sentence each, in the language of the forecast. */
  readonly summary: readonly string[];
}

/** The files of a report that a message links to, by their endings. */
const linked = ["html", "json", "csv", "png"] as const;

/** Returns the id of a report in messages. A later revision has the same id, so it is not sent again. */
export function reportId({ forecast, origin }: Pick<PublishedReport, "forecast" | "origin">): string {
  return `${forecast}:${origin}`;
}

/** Returns the body as JSON. `base`: the address of the service, without a slash at its end. */
export function reportMessage(report: PublishedReport, base: string): string {
  const { forecast, title, origin, revision, publishedAt, version, summary } = report;
  const address = `${base}/reports/${encodeURIComponent(forecast)}/${encodeURIComponent(origin)}`;
  return JSON.stringify({
    type: "report.published",
    timestamp: publishedAt,
    data: {
      forecast,
      title,
      origin,
      revision,
      model_version: version,
      summary,
      links: Object.fromEntries(linked.map((ending) => [ending, `${address}.${ending}`])),
    },
  });
}
