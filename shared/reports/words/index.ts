/** The words of reports by language. A new language is one file, one line here and one in `shared/api/report-languages.ts`. */
import { type ReportLanguage, reportLanguages } from "../../api/report-languages.ts";
import { english } from "./en.ts";
import { spanish } from "./es.ts";
import type { Words } from "./words.ts";

const languages: Readonly<Record<ReportLanguage, Words>> = { en: english, es: spanish };

export const languageCodes: readonly string[] = reportLanguages;

/** Returns the language of a locale, `es` for `es-MX`, if reports have it; else English. */
export function languageOf(locale: string): string {
  const [language = ""] = locale.split("-");
  return languageCodes.includes(language) ? language : english.language;
}

/** Returns the words of a language. Throws for a language that reports do not have. */
export function wordsOf(language: string): Words {
  const code = reportLanguages.find((one) => one === language);
  if (code !== undefined) return languages[code];
  throw new RangeError(`language ${language}: expected one of ${languageCodes.join(", ")}`);
}
