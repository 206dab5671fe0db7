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
  /** Null: the first language of the edition. */
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
  const edition = await findEdition(fx.db, id, date);
  if (edition === null) return failure(missing);
  const { languages } = edition;
  // The declared language may have changed since.
  const own = languages?.[0] ?? languageOf(locale);
  const address = { forecast: id, date, extension };
  if (language === null || language === own)
    return success({ file: storedFile(fx, editionKey({ ...address, language: null }), missing), language: own });
  const name = `The edition of ${id} of ${date}`;
  const otherwise = otherLanguages(name, { language, published: languages ?? [own] });
  if (languages?.includes(language) === false) return failure(otherwise);
  return success({ file: storedFile(fx, editionKey({ ...address, language }), otherwise), language });
}
