import type { ReportFile } from "../../../shared/api/pages.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { findEdition } from "../../../shared/db/editions.ts";
import { hasSyntheticFile } from "../../../shared/db/ingests.ts";
import { findPublished, findReport } from "../../../shared/db/reports.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../../shared/forecasts/source.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { editionKey, type RevisionAddress, reportKey } from "../../../shared/reports/keys.ts";
import type { Hub } from "../hub.ts";
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
export async function findReportRevision(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  period: string,
): Promise<Result<RevisionAddress, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const row = await findPublished(db, id, period === "latest" ? undefined : period);
  if (row) return success({ forecast: id, origin: row.origin, revision: row.revision });
  const detail =
    period === "latest"
      ? `${id} has no report yet. POST /reports/${id} makes one.`
      : `${id} has no report for ${period}. GET /reports?forecast=${id} lists its reports.`;
  return failure({ kind: "not-found", detail, found: period });
}

/** Opens a file of a published revision. */
export async function openReportFile(
  fx: Pick<Hub, "db" | "lake">,
  address: RevisionAddress,
  file: ReportFile,
): Promise<Result<StoredFile, Refusal>> {
  const forecast = requireForecast(address.forecast);
  if (!forecast.ok) return forecast;
  const { forecast: id, origin, revision } = address;
  const row = await findReport(fx.db, { ...address, role: "champion" });
  if (row?.state !== "published") {
    const detail = `${id} has no published revision ${revision} for ${origin}. GET /reports?forecast=${id} lists its reports.`;
    return failure({ kind: "not-found", detail, found: `${origin}, revision ${revision}` });
  }
  const detail = `Revision ${revision} of ${id} for ${origin} has no ${file}, because nothing could be predicted or shown.`;
  return success(storedFile(fx, reportKey(address, file), { kind: "not-found", detail, found: file }));
}

/** Returns whether a feed of a forecast contains synthetic data. */
export async function isSyntheticForecast({ db }: Pick<Hub, "db">, forecastId: string): Promise<boolean> {
  const forecast = findForecast(forecastId);
  const marks = forecast === undefined ? [] : feedIdsOf(forecast).map((feed) => hasSyntheticFile(db, feed));
  return (await Promise.all(marks)).includes(true);
}

/** Opens the edition of a local day. Its files may be replaced until its row exists, so they are not served before. */
export async function openEdition(
  fx: Pick<Hub, "db" | "lake">,
  forecastId: string,
  { date, extension }: { readonly date: string; readonly extension: "html" | "json" },
): Promise<Result<StoredFile, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const missing: Refusal = { kind: "not-found", detail: `${forecastId} has no edition of ${date}.`, found: date };
  if ((await findEdition(fx.db, forecastId, date)) === null) return failure(missing);
  return success(storedFile(fx, editionKey(forecastId, date, extension), missing));
}
