import type { ReportFeed } from "../api/report-model.ts";
import { englishPart, plainPart, type TextPart } from "./text-part.ts";

/** Returns the title of a feed in a language, or the English one if the feed does not declare it. */
export function feedTitle(
  { title, translations = {} }: Pick<ReportFeed, "title" | "translations">,
  language: string,
): TextPart {
  const text = translations[language]?.title;
  return text === undefined ? englishPart(title, language) : plainPart(text);
}
