/** Which languages a report has, and its files in them. */
import { type Download, type ReportFile, reportFiles } from "../api/pages.ts";
import { hasText, nameInLanguage } from "../api/report-languages.ts";
import { languageOf, wordsOf } from "./words/index.ts";

/** Besides the language of its forecast, a report has these. A further language is one entry. */
const published = ["en"] as const;

/** Returns the languages in which the reports of a forecast are published, its own first. */
export function languagesOf({ locale }: { readonly locale: string }): string[] {
  return [...new Set([languageOf(locale), ...published])];
}

/** A file of a report, to render. */
export interface PlannedFile {
  readonly file: ReportFile;
  /** The first language of a report has the plain names: `report.html`, then `report.en.html`. */
  readonly name: string;
  /** Null for a file without texts. */
  readonly language: string | null;
}

/** Lists the files of a report in the order in which they are rendered: a page comes after the files that it links to. */
export function filesIn(languages: readonly string[]): PlannedFile[] {
  const isShared = (file: ReportFile) => !hasText(file);
  return [
    ...reportFiles.filter(isShared).map((file): PlannedFile => ({ file, name: file, language: null })),
    ...languages.flatMap((language) =>
      reportFiles
        .filter(hasText)
        .map((file): PlannedFile => ({ file, name: nameIn(languages, file, language), language })),
    ),
  ];
}

function nameIn([first]: readonly string[], file: ReportFile, language: string): string {
  return language === first ? file : nameInLanguage(file, language);
}

export interface RenderedFile extends PlannedFile {
  readonly bytes: number;
}

/** Returns the links of a page to the files beside it: those of its language and those without texts. */
export function downloadsFor(language: string | null, rendered: readonly RenderedFile[]): Download[] {
  return rendered.flatMap(({ file, name, language: of, bytes }): Download[] =>
    file === "report.html" || (of !== null && of !== language) ? [] : [{ file, name, bytes }],
  );
}

/** The same page in another language. */
export interface PageLink {
  /** BCP 47. */
  readonly language: string;
  /** The name of the language in itself. */
  readonly name: string;
  readonly href: string;
}

/** Returns the links of a page to its other languages. `addressOf` returns the address of the page in one. */
export function linksToOthers(
  languages: readonly string[],
  language: string,
  addressOf: (language: string) => string,
): PageLink[] {
  return languages
    .filter((other) => other !== language)
    .map((other) => ({ language: other, name: wordsOf(other).languageName, href: addressOf(other) }));
}

/** Returns the links of the page of a report to its other languages. The pages lie in one folder. */
export function linksOfReport(languages: readonly string[], language: string): PageLink[] {
  return linksToOthers(languages, language, (other) => nameIn(languages, "report.html", other));
}
