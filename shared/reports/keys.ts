/** Keys of reports in R2, and of their flows. docs/STORAGE.md lists them with examples. */

export interface RevisionAddress {
  readonly forecast: string;
  /** The last period of the data. */
  readonly origin: string;
  /** From 1. */
  readonly revision: number;
}

/** Returns the key of a file of a report: `reports/milk-mx/2026-11-20/r1/report.html`. */
export function reportKey({ forecast, origin, revision }: RevisionAddress, file: string): string {
  return `reports/${forecast}/${origin}/r${revision}/${file}`;
}

export interface EditionAddress {
  readonly forecast: string;
  /** The local day. */
  readonly date: string;
  readonly extension: "html" | "json";
  /** Null: the language of the forecast. */
  readonly language: string | null;
}

/** Returns the key of an edition: `reports/milk-mx/editions/2026-11-20.html`, or `2026-11-20.en.html` in another language. */
export function editionKey({ forecast, date, extension, language }: EditionAddress): string {
  return `reports/${forecast}/editions/${date}${language === null ? "" : `.${language}`}.${extension}`;
}

/** Returns the path of an edition. */
export function editionPath({ forecast, date, extension, language }: EditionAddress): string {
  return `/reports/${forecast}/editions/${date}.${extension}${language === null ? "" : `?lang=${language}`}`;
}

/** Returns the key of the flow that publishes a revision. */
export function reportFlowKey({ forecast, origin, revision }: RevisionAddress): string {
  return `report:${forecast}:${origin}:${revision}`;
}

/** Returns the key of the flow that writes an edition. */
export function editionFlowKey(forecast: string, date: string): string {
  return `edition:${forecast}:${date}`;
}

/** Returns the path of a file of a report; by default of its page in the language of the forecast. */
export function reportPath({ forecast, origin, revision }: RevisionAddress, file = "report.html"): string {
  return `/reports/${forecast}/${origin}/r${revision}/${file}`;
}
