/** The language that a request for a report states, and the refusals about it. */
import type { Refusal } from "../../../shared/api/problem.ts";
import { type ReportLanguage, reportLanguages } from "../../../shared/api/report-languages.ts";
import { quoteEmpty } from "../../../shared/lib/quote-empty.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";

/** Reads the language of a request. Returns null if it states none. */
export function requireLanguage(lang: string | undefined): Result<ReportLanguage | null, Refusal> {
  if (lang === undefined) return success(null);
  const language = reportLanguages.find((one) => one === lang);
  if (language !== undefined) return success(language);
  const detail = `Reports have no language ${quoteEmpty(lang)}. Use ${reportLanguages.join(" or ")}, or omit lang for the language of the forecast.`;
  return failure({ kind: "bad-request", field: "lang", detail, found: lang, allowed: reportLanguages });
}

export interface MissingLanguage {
  readonly language: string | null;
  readonly published: readonly string[];
}

/** Refuses a language in which something was not published, and names those in which it was. */
export function otherLanguages(name: string, { language, published }: MissingLanguage): Refusal {
  const detail = `${name} was not published in ${language}, but in ${published.join(" and ")}. Request it with another lang, or without.`;
  return { kind: "not-found", field: "lang", detail, found: language ?? "", allowed: published };
}
