/** Detects number formats that show a number as a date or a time (ECMA-376 part 1, 18.8.30 and 18.8.31). */

/** Built-in date formats, which have a number but no code in the file. */
const builtInDates = new Map<number, string>([
  [14, "m/d/yy"],
  [15, "d-mmm-yy"],
  [16, "d-mmm"],
  [17, "mmm-yy"],
  [18, "h:mm AM/PM"],
  [19, "h:mm:ss AM/PM"],
  [20, "h:mm"],
  [21, "h:mm:ss"],
  [22, "m/d/yy h:mm"],
  [45, "mm:ss"],
  [46, "[h]:mm:ss"],
  [47, "mmss.0"],
]);
/** Dates in East Asian languages; Thai ones from 71. */
const [eastAsianDates, thaiDates] = [
  [27, 36, 50, 58],
  [71, 81],
] as const;

export function builtInDate(id: number): string | null {
  const isEastAsian =
    (id >= eastAsianDates[0] && id <= eastAsianDates[1]) || (id >= eastAsianDates[2] && id <= eastAsianDates[3]);
  if (isEastAsian || (id >= thaiDates[0] && id <= thaiDates[1])) return "m/d/yy";
  return builtInDates.get(id) ?? null;
}

/** The parts of a format that are not date symbols: `General`, quoted and escaped text, `[Red]`, digits with an exponent. */
const otherParts =
  /General|"[^"]*(?:"|$)|[\\_][\s\S]?|\*[ *]|\[(?![hmsกนท]*\])[^\]]*(?:\]|$)|[0#?][0#?.,%]*(?:E[+-][0#?]+)?/gi;
/** Symbols of years, months, days, hours, minutes, seconds and eras. */
const dateSymbols = /[ymdhseb]|g|\[[hmsกนท]*\]|a\/p|am\/pm|上午\/下午/i;

/** True for a format that shows a number as a date or a time. O(code); the reader limits its length. */
export function isDateFormat(code: string): boolean {
  return dateSymbols.test(code.replaceAll(otherParts, " "));
}
