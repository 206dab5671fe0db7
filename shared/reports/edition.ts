/** The daily edition of a forecast: it names the current report, and what changed since the last edition. */
import { html } from "hono/html";
import type { EditionModel } from "../api/reports.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { formatOf } from "./format.ts";
import { documentOf } from "./page/document.ts";
import { sectionOf } from "./page/parts.ts";
import { languageOf, wordsOf } from "./words/index.ts";

/** A published revision, as an edition names it. */
export interface EditionReport {
  readonly origin: string;
  readonly revision: number;
  readonly version: string | null;
  readonly publishedAt: string;
  readonly path: string;
  readonly summary: readonly string[];
}

export interface EditionInput {
  readonly forecast: Pick<Forecast, "id" | "title" | "translations" | "locale" | "target">;
  /** The local day. */
  readonly date: string;
  /** ISO 8601. */
  readonly publishedAt: string;
  /** The current report; null without one. */
  readonly report: EditionReport | null;
  /** The report of the last edition; null without one. */
  readonly previous: Pick<EditionReport, "origin" | "revision" | "version"> | null;
  readonly held: readonly { readonly feed: string; readonly since: string; readonly reason: string }[];
}

/** Returns the edition in the language of the forecast. */
export function computeEdition({ forecast, date, publishedAt, report, previous, held }: EditionInput): EditionModel {
  const { words, format, title } = languageParts(forecast);
  const order = report === null ? -1 : previous === null ? 1 : compareRevisions(report, previous);
  const isNew = report !== null && order > 0;
  const origin = report && format.period(report.origin);
  const { fresh, unchanged, withdrawn, none } = words.edition;
  // The newest report is an older one if a publication was withdrawn.
  const lost = previous !== null && order < 0 ? [withdrawn(format.period(previous.origin))] : [];
  const first = origin === null ? none : isNew ? fresh(origin) : unchanged(origin);
  const isOtherVersion = isNew && previous !== null && report.version !== null && report.version !== previous.version;
  return {
    forecast: forecast.id,
    date,
    title,
    publishedAt,
    report: report && {
      origin: report.origin,
      revision: report.revision,
      publishedAt: report.publishedAt,
      path: report.path,
      summary: [...report.summary],
    },
    isNew,
    changes: [
      ...lost,
      first,
      ...(isOtherVersion ? [words.edition.version(report.version)] : []),
      ...held.map(({ feed, since, reason }) => words.edition.held(feed, format.time(since), reason)),
    ],
  };
}

function compareRevisions(a: Revision, b: Revision): number {
  return a.origin === b.origin ? a.revision - b.revision : a.origin < b.origin ? -1 : 1;
}

type Revision = Pick<EditionReport, "origin" | "revision">;

function languageParts({ title, translations = {}, locale, target }: EditionInput["forecast"]) {
  const language = languageOf(locale);
  const words = wordsOf(language);
  const format = formatOf(locale.startsWith(language) ? locale : language, target.decimals);
  return { words, format, title: translations[language]?.title ?? title };
}

/** Returns the page of an edition. It needs no script and loads nothing. The same edition gives the same bytes. */
export function editionPage(forecast: EditionInput["forecast"], edition: EditionModel): string {
  const { words, format } = languageParts(forecast);
  const { date, title, report, changes } = edition;
  const name = words.edition.title(format.period(date));
  return documentOf({
    language: words.language,
    title: `${title}, ${name}`,
    header: html`<h1>${title}</h1>
<p class="meta">${name}</p>
`,
    main: html`${sectionOf("changes", words.edition.changes, html`<ul>${changes.map((text) => html`<li>${text}</li>`)}</ul>`)}${
      report === null
        ? ""
        : sectionOf(
            "findings",
            words.sections.findings,
            html`${report.summary.map((text) => html`<p>${text}</p>`)}
<p><a href="${report.path}">${words.edition.open(format.period(report.origin), String(report.revision))}</a></p>`,
          )
    }`,
    footer: words.footer,
  });
}
