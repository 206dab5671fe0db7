/** The languages of reports. A new language is one file and one line. */
import { english } from "./en.ts";
import { spanish } from "./es.ts";
import type { Words } from "./words.ts";

const languages: readonly Words[] = [english, spanish];

export const languageCodes: readonly string[] = languages.map(({ language }) => language);

/** Returns the language of a locale, `es` for `es-MX`, if reports have it; else English. */
export function languageOf(locale: string): string {
  const [language = ""] = locale.split("-");
  return languageCodes.includes(language) ? language : english.language;
}

/** Returns the words of a language. Throws for a language that reports do not have. */
export function wordsOf(language: string): Words {
  const words = languages.find((one) => one.language === language);
  if (words) return words;
  throw new RangeError(`language ${language}: expected one of ${languageCodes.join(", ")}`);
}
