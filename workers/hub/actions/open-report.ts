import type { ReportFile } from "../../../shared/api/pages.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { hasSyntheticFile } from "../../../shared/db/ingests.ts";
import { findPublished, findReport, type ReportRow } from "../../../shared/db/reports.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../../shared/forecasts/source.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type ChosenFile, chooseFile, type FileRequest } from "../../../shared/reports/choose-file.ts";
import { type RevisionAddress, reportKey } from "../../../shared/reports/keys.ts";
import { languageOf } from "../../../shared/reports/words/index.ts";
import type { Hub } from "../hub.ts";
import { otherLanguages } from "./report-language.ts";
import { requireForecast } from "./require.ts";
import { type StoredFile, storedFile } from "./stored-file.ts";

/** The files of a report by the extension in an address such as `latest.csv`. */
export const filesByExtension = {
  html: "report.html",
  csv: "report.csv",
  "forecast.csv": "forecast.csv",
  json: "report.json",
  svg: "chart.svg",
  png: "chart.png",
} as const satisfies Readonly<Record<string, ReportFile>>;

/** Finds the newest published revision of an origin, or of the newest origin (`latest`). */
export async function findNewestRevision(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  period: string,
): Promise<Result<ReportRow, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const row = await findPublished(db, id, period === "latest" ? undefined : period);
  if (row) return success(row);
  const detail =
    period === "latest"
      ? `${id} has no report yet. POST /reports/${id} makes one.`
      : `${id} has no report for ${period}. GET /reports?forecast=${id} lists its reports.`;
  return failure({ kind: "not-found", detail, found: period });
}

/** Finds a published revision by its address. */
export async function findRevision(
  { db }: Pick<Hub, "db">,
  address: RevisionAddress,
): Promise<Result<ReportRow, Refusal>> {
  const forecast = requireForecast(address.forecast);
  if (!forecast.ok) return forecast;
  const row = await findReport(db, { ...address, role: "champion" });
  if (row?.state === "published") return success(row);
  const { forecast: id, origin, revision } = address;
  const detail = `${id} has no published revision ${revision} for ${origin}. GET /reports?forecast=${id} lists its reports.`;
  return failure({ kind: "not-found", detail, found: `${origin}, revision ${revision}` });
}

/** Chooses the file of a revision in a language. @param language null: the first language of the revision */
export function chooseReportFile(row: ReportRow, { file, language }: FileRequest): Result<ChosenFile, Refusal> {
  const own = languageOf(findForecast(row.forecast)?.locale ?? "");
  const chosen = chooseFile(row.files ?? [], { file, language }, own);
  if (chosen.ok) return chosen;
  const name = `Revision ${row.revision} of ${row.forecast} for ${row.origin}`;
  return failure(otherLanguages(name, { language, published: chosen.error }));
}

/** Opens a file of a revision. */
export function openReportFile(fx: Pick<Hub, "lake">, row: ReportRow, name: string): StoredFile {
  const { forecast, origin, revision } = row;
  const detail = `Revision ${revision} of ${forecast} for ${origin} has no ${name}, because nothing could be predicted or shown.`;
  return storedFile(fx, reportKey(row, name), { kind: "not-found", detail, found: name });
}

/** Returns whether a feed of a forecast contains synthetic data. */
export async function isSyntheticForecast({ db }: Pick<Hub, "db">, forecastId: string): Promise<boolean> {
  const forecast = findForecast(forecastId);
  const marks = forecast === undefined ? [] : feedIdsOf(forecast).map((feed) => hasSyntheticFile(db, feed));
  return (await Promise.all(marks)).includes(true);
}
