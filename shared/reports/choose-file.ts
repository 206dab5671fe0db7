/** Chooses the file of a published revision in a language. */
import type { ReportFile } from "../api/pages.ts";
import { hasText, nameInLanguage } from "../api/report-languages.ts";
import type { StoredFile } from "../api/reports.ts";
import { failure, type Result, success } from "../lib/result.ts";

export interface FileRequest {
  readonly file: ReportFile;
  /** Null: the language in which the revision was made first. */
  readonly language: string | null;
}

export interface ChosenFile {
  readonly name: string;
  /** Null for a file without texts. */
  readonly language: string | null;
}

/**
 * Returns the name of a file in the requested language. Fails with the languages of the revision if it does not have this one: a
 * revision of an earlier version has only the forecast's own.
 * @param files what the revision states about its files
 * @param own the language of files that do not state theirs
 */
export function chooseFile(
  files: readonly StoredFile[],
  { file, language }: FileRequest,
  own: string,
): Result<ChosenFile, readonly string[]> {
  if (!hasText(file)) return success({ name: file, language: null });
  const first = firstLanguage(files, own);
  if (language === null || language === first) return success({ name: file, language: first });
  const languages = new Set([first, ...files.flatMap((one) => one.language ?? [])]);
  return languages.has(language)
    ? success({ name: nameInLanguage(file, language), language })
    : failure([...languages]);
}

/**
 * Returns the language in which a revision was made first: that of its findings and of the files with plain names.
 * @param own the language of a revision that does not state it
 */
export function firstLanguage(files: readonly StoredFile[], own: string): string {
  return files.find(({ file }) => file === "report.html")?.language ?? own;
}
