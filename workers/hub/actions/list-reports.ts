import type { z } from "zod";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { Report, ReportList, reportsQueryShape } from "../../../shared/api/reports.ts";
import { listPublished, type ReportRow } from "../../../shared/db/reports.ts";
import { personalNames } from "../../../shared/forecasts/personal.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import { reportPath } from "../../../shared/reports/keys.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface ListOptions {
  /** False for a request that does not name a personal forecast: it is public, so these are left out. */
  readonly withPersonal: boolean;
}

/** Lists published reports, newest first. */
export async function listReports(
  { db }: Pick<Hub, "db">,
  { forecast, limit }: z.infer<typeof reportsQueryShape>,
  { withPersonal }: ListOptions,
): Promise<Result<ReportList, Refusal>> {
  const required = forecast === undefined ? null : requireForecast(forecast);
  if (required && !required.ok) return required;
  const without = withPersonal ? [] : [...personalNames];
  return success({ reports: (await listPublished(db, { forecast, without, limit })).map(describeReport) });
}

function describeReport({ publishedAt, summary, files, ...row }: ReportRow): Report {
  const { forecast, origin, revision, reason, version, target, counts } = row;
  return {
    ...{ forecast, origin, revision, reason, version, target, counts },
    publishedAt: publishedAt ?? "",
    summary: [...(summary ?? [])],
    files: [...(files ?? [])],
    path: reportPath(row),
  };
}
