/** The languages of reports, and the names of a report's files in each of them. */
import { type ReportFile, reportFiles } from "./pages.ts";

/** BCP 47. `shared/reports/words` has the words of each language. */
export const reportLanguages = ["en", "es"] as const;
export type ReportLanguage = (typeof reportLanguages)[number];

/** The files that contain texts, so that each language has its own. */
const filesWithText: ReadonlySet<ReportFile> = new Set(["chart.svg", "chart.png", "report.html"]);

export function hasText(file: ReportFile): boolean {
  return filesWithText.has(file);
}

/**
 * Returns the name of a file in a language that is not the first one of its report.
 * @example nameInLanguage("report.html", "en") // "report.en.html"
 */
export function nameInLanguage(file: ReportFile, language: string): string {
  const dot = file.lastIndexOf(".");
  return `${file.slice(0, dot)}.${language}${file.slice(dot)}`;
}

export interface NamedFile {
  readonly name: string;
  readonly file: ReportFile;
  /** Null if the name states none. */
  readonly language: ReportLanguage | null;
}

const namedFiles: readonly NamedFile[] = [
  ...reportFiles.map((file): NamedFile => ({ name: file, file, language: null })),
  ...reportLanguages.flatMap((language) =>
    reportFiles.filter(hasText).map((file): NamedFile => ({ name: nameInLanguage(file, language), file, language })),
  ),
];

/** The names that the files of a report can have. */
export const reportFileNames: readonly string[] = namedFiles.map(({ name }) => name);

/** Returns the file and the language of a name. @throws for a name that is not in `reportFileNames` */
export function readFileName(name: string): NamedFile {
  const found = namedFiles.find((one) => one.name === name);
  if (found) return found;
  throw new RangeError(`file ${name}: expected one of ${reportFileNames.join(", ")}`);
}
