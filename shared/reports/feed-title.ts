import type { ReportFeed } from "../api/report-model.ts";

export interface FeedTitle {
  readonly text: string;
  /** The language of the text, if it is not the requested one: titles are declared in English. */
  readonly language: string | null;
}

/** Returns the title of a feed in a language, or the English one if the feed does not declare it. */
export function feedTitle(
  { title, translations = {} }: Pick<ReportFeed, "title" | "translations">,
  language: string,
): FeedTitle {
  const text = translations[language]?.title;
  if (text !== undefined) return { text, language: null };
  return { text: title, language: language === "en" ? null : "en" };
}
