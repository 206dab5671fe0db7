import type { Refusal } from "../../../shared/api/problem.ts";
import { findEdition } from "../../../shared/db/editions.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { editionKey } from "../../../shared/reports/keys.ts";
import { languageOf } from "../../../shared/reports/words/index.ts";
import type { Hub } from "../hub.ts";
import { otherLanguages } from "./report-language.ts";
import { requireForecast } from "./require.ts";
import { type StoredFile, storedFile } from "./stored-file.ts";

export interface EditionRequest {
  readonly date: string;
  readonly extension: "html" | "json";
  /** Null: the language of the forecast. */
  readonly language: string | null;
}

export interface OpenedEdition {
  readonly file: StoredFile;
  readonly language: string;
}

/** Opens the edition of a local day. Its files may be replaced until its row exists, so they are not served before. */
export async function openEdition(
  fx: Pick<Hub, "db" | "lake">,
  forecastId: string,
  { date, extension, language }: EditionRequest,
): Promise<Result<OpenedEdition, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id, locale } = forecast.value;
  const missing: Refusal = { kind: "not-found", detail: `${id} has no edition of ${date}.`, found: date };
  if ((await findEdition(fx.db, id, date)) === null) return failure(missing);
  const own = languageOf(locale);
  const address = { forecast: id, date, extension };
  if (language === null || language === own)
    return success({ file: storedFile(fx, editionKey({ ...address, language: null }), missing), language: own });
  const otherwise = otherLanguages(`The edition of ${id} of ${date}`, { language, published: [own] });
  return success({ file: storedFile(fx, editionKey({ ...address, language }), otherwise), language });
}
