/** The daily edition of a forecast in one language: it names the current report, and what changed since the last edition. */
import { html } from "hono/html";
import type { ReportFeed } from "../api/report-model.ts";
import type { EditionModel } from "../api/reports.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { formatOf } from "./format.ts";
import { editionPath } from "./keys.ts";
import { languagesOf, linksToOthers } from "./languages.ts";
import { documentOf } from "./page/document.ts";
import { htmlOfParts, sectionOf } from "./page/parts.ts";
import { simulatedNote } from "./page/simulated-note.ts";
import { englishPart, partsAround, plainPart, type TextPart, textOfParts } from "./text-part.ts";
import { numbersIn } from "./view.ts";
import { languageOf, wordsOf } from "./words/index.ts";

/** A published revision, as an edition names it. */
export interface EditionReport {
  readonly origin: string;
  readonly revision: number;
  readonly version: string | null;
  readonly publishedAt: string;
  /** The path of its page in the language of the edition, or in its own if it does not have this one. */
  readonly path: string;
  /** The findings in the language of the edition. */
  readonly summary: readonly string[];
}

export interface HeldPublication {
  /** The title of the feed, in the language of the edition if the feed declares it. */
  readonly feed: TextPart;
  readonly since: string;
  /** In English. */
  readonly reason: string;
}

export interface EditionInput {
  readonly forecast: Pick<Forecast, "id" | "title" | "translations" | "locale" | "target">;
  /** BCP 47. */
  readonly language: string;
  /** The local day. */
  readonly date: string;
  /** ISO 8601. */
  readonly publishedAt: string;
  /** The current report; null without one. */
  readonly report: EditionReport | null;
  /** The report of the last edition; null without one. */
  readonly previous: Pick<EditionReport, "origin" | "revision" | "version"> | null;
  readonly held: readonly HeldPublication[];
  /** The feeds of the forecast. */
  readonly feeds: readonly Pick<ReportFeed, "title" | "translations" | "simulated">[];
}

/** Returns the edition in its language. */
export function computeEdition(input: EditionInput): EditionModel {
  const { forecast, date, publishedAt, report } = input;
  return {
    forecast: forecast.id,
    date,
    title: languageParts(input).title,
    publishedAt,
    report: report && {
      origin: report.origin,
      revision: report.revision,
      publishedAt: report.publishedAt,
      path: report.path,
      summary: [...report.summary],
    },
    isNew: report !== null && orderOf(input) > 0,
    changes: changesOf(input).map(textOfParts),
    ...(input.feeds.some(({ simulated }) => simulated) && { simulated: true as const }),
  };
}

/** Returns what changed since the last edition: one sentence each. */
function changesOf(input: EditionInput): TextPart[][] {
  const { report, previous, held, language } = input;
  const { words, format } = languageParts(input);
  const order = orderOf(input);
  const isNew = report !== null && order > 0;
  const origin = report && format.period(report.origin);
  const { fresh, unchanged, withdrawn, none } = words.edition;
  // The newest report is an older one if a publication was withdrawn.
  const lost = previous !== null && order < 0 ? [withdrawn(format.period(previous.origin))] : [];
  const first = origin === null ? none : isNew ? fresh(origin) : unchanged(origin);
  const isOtherVersion = isNew && previous !== null && report.version !== null && report.version !== previous.version;
  return [
    ...[...lost, first, ...(isOtherVersion ? [words.edition.version(report.version)] : [])].map((text) => [
      plainPart(text),
    ]),
    ...held.map(({ feed, since, reason }) => [
      ...partsAround((title) => words.edition.held(title, format.time(since)), [feed]),
      plainPart(" "),
      englishPart(reason, language),
    ]),
  ];
}

/** Returns whether the current report comes after (1) or before (-1) that of the last edition, or is the same (0). */
function orderOf({ report, previous }: Pick<EditionInput, "report" | "previous">): number {
  return report === null ? -1 : previous === null ? 1 : compareRevisions(report, previous);
}

function compareRevisions(a: Revision, b: Revision): number {
  return a.origin === b.origin ? a.revision - b.revision : a.origin < b.origin ? -1 : 1;
}

type Revision = Pick<EditionReport, "origin" | "revision">;

function languageParts({ forecast, language }: Pick<EditionInput, "forecast" | "language">) {
  const { title, translations = {}, locale, target } = forecast;
  const words = wordsOf(language);
  const format = formatOf(numbersIn(language, locale), target.decimals);
  return { words, format, title: translations[language]?.title ?? title };
}

/** Returns the page of an edition. It needs no script and loads nothing. The same edition gives the same bytes. */
export function editionPage(input: EditionInput): string {
  const { forecast, language, date, report } = input;
  const { words, format, title } = languageParts(input);
  const name = words.edition.title(format.period(date));
  const own = languageOf(forecast.locale);
  return documentOf({
    language,
    title: `${title}, ${name}`,
    translations: linksToOthers(languagesOf(forecast), language, (other) =>
      editionPath({ forecast: forecast.id, date, extension: "html", language: other === own ? null : other }),
    ),
    header: html`<h1>${title}</h1>
<p class="meta">${name}</p>
${simulatedNote(input.feeds, words)}`,
    main: html`${sectionOf("changes", words.edition.changes, html`<ul>${changesOf(input).map((parts) => html`<li>${htmlOfParts(parts)}</li>`)}</ul>`)}${
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
