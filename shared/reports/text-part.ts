/** Texts in which a part has another language than the page, such as a title that is declared in English only. */

export interface TextPart {
  readonly text: string;
  /** BCP 47, if it is not the language of the page. */
  readonly language: string | null;
}

/** A character that no text of a report contains. It marks the place of the parts in a sentence. */
const mark = "\uE000";

/** Returns the parts of a sentence around other parts. `sentence` writes the sentence around one text. */
export function partsAround(sentence: (text: string) => string, parts: readonly TextPart[]): TextPart[] {
  const [before = "", after = ""] = sentence(mark).split(mark);
  return [plainPart(before), ...parts, plainPart(after)].filter(({ text }) => text !== "");
}

/** Returns the parts with a separator between them. */
export function joinedParts(parts: readonly TextPart[], separator: string): TextPart[] {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [plainPart(separator), part]));
}

/** Returns a part in the language of the page. */
export function plainPart(text: string): TextPart {
  return { text, language: null };
}

/** Returns the part with a text that is stored in English. @param language the language of the page */
export function englishPart(text: string, language: string): TextPart {
  return { text, language: language === "en" ? null : "en" };
}

/** Returns the whole text. */
export function textOfParts(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join("");
}
