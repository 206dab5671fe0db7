/** The daily edition of a forecast: it names the current report, and what changed since the last edition. */
import { html, raw } from "hono/html";
import type { EditionModel } from "../api/reports.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { base64OfHex } from "../lib/content-digest.ts";
import { sha256Hex } from "../lib/hash.ts";
import { formatOf } from "./format.ts";
import { style } from "./page/style.ts";
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
  const isSame = report?.origin === previous?.origin && report?.revision === previous?.revision;
  const isNew = report !== null && !isSame;
  const origin = report && format.period(report.origin);
  const first = origin === null ? words.edition.none : (isNew ? words.edition.fresh : words.edition.unchanged)(origin);
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
      first,
      ...(isOtherVersion ? [words.edition.version(report.version)] : []),
      ...held.map(({ feed, since, reason }) => words.edition.held(feed, format.time(since), reason)),
    ],
  };
}

function languageParts({ title, translations = {}, locale, target }: EditionInput["forecast"]) {
  const language = languageOf(locale);
  const words = wordsOf(language);
  const format = formatOf(locale.startsWith(language) ? locale : language, target.decimals);
  return { words, format, title: translations[language]?.title ?? title };
}

/** Allows the style by its digest, and nothing else. */
const policy = `default-src 'none'; style-src 'sha256-${base64OfHex(sha256Hex(style))}'; base-uri 'none'; form-action 'none'`;

/** Returns the page of an edition. It needs no script and loads nothing. The same edition gives the same bytes. */
export function editionPage(forecast: EditionInput["forecast"], edition: EditionModel): string {
  const { words, format } = languageParts(forecast);
  const { date, title, report, changes } = edition;
  const page = html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}, ${words.edition.title(format.period(date))}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="meta">${words.edition.title(format.period(date))}</p>
</header>
<main>
<section aria-labelledby="changes"><h2 id="changes">${words.edition.changes}</h2>
<ul>${changes.map((text) => html`<li>${text}</li>`)}</ul></section>
${
  report === null
    ? ""
    : html`<section aria-labelledby="findings"><h2 id="findings">${words.sections.findings}</h2>
${report.summary.map((text) => html`<p>${text}</p>`)}
<p><a href="${report.path}">${words.edition.open(format.period(report.origin), String(report.revision))}</a></p></section>`
}
</main>
<footer>${words.footer}</footer>
</body>
</html>
`;
  return String(page);
}
