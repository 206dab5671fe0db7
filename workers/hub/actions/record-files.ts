import type { Refusal } from "../../../shared/api/problem.ts";
import type { RecordFile } from "../../../shared/api/record.ts";
import {
  isRecordFile,
  listRecordFiles,
  type RecordFilePlace,
  type RecordFileRow,
} from "../../../shared/db/record-files.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type PeriodRange, rangeIn } from "../../../shared/period.ts";
import { recordFileKey, recordFilePath } from "../../../shared/track-record/keys.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";
import { type StoredFile, storedFile } from "./stored-file.ts";

export interface RecordFilesQuery extends PeriodRange {
  readonly after: RecordFilePlace | null;
  readonly limit: number;
}

export interface ListedFiles {
  readonly forecast: Forecast;
  readonly rows: readonly RecordFileRow[];
}

/** Lists the Parquet files of the track record: predictions by their origin and scores by their period, oldest first. */
export async function listFilesOfRecord(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  { after, limit, from, to }: RecordFilesQuery,
): Promise<Result<ListedFiles, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id, schedule } = forecast.value;
  const rows = await listRecordFiles(db, id, { ...rangeIn(schedule.every, { from, to }), after, limit });
  return success({ forecast: forecast.value, rows });
}

/** Describes a file as the list shows it. */
export function describeRecordFile(forecast: string, row: RecordFileRow): RecordFile {
  const { kind, period, role, revision, counts, version, at, key, bytes, sha256, isNewest } = row;
  return {
    kind,
    origin: kind === "predictions" ? period : null,
    target: kind === "scores" ? period : null,
    role: role === "" ? null : role,
    ...{ revision, counts, version, at, bytes, sha256 },
    isNewest: isNewest === 1,
    address: `/forecasts/${forecast}/record/files/${recordFilePath(forecast, key)}`,
  };
}

/** Opens a file of the list by its path. Other objects are not found. */
export async function openRecordFile(
  fx: Pick<Hub, "db" | "lake">,
  forecastId: string,
  path: string,
): Promise<Result<StoredFile, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const detail = `The track record of ${id} has no file ${path}. GET /forecasts/${id}/record/files lists its files.`;
  const missing: Refusal = { kind: "not-found", detail, found: path };
  const key = recordFileKey(id, path);
  if (key === null || !(await isRecordFile(fx.db, id, key))) return failure(missing);
  return success(storedFile(fx, key, missing));
}
