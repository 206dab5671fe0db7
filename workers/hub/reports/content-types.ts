import type { ReportFile } from "../../../shared/api/pages.ts";

/** The content type of each file of a report. */
export const contentTypes: Readonly<Record<ReportFile, string>> = {
  "report.csv": "text/csv; charset=utf-8",
  "forecast.csv": "text/csv; charset=utf-8",
  "report.json": "application/json; charset=utf-8",
  "chart.svg": "image/svg+xml; charset=utf-8",
  "chart.png": "image/png",
  "report.html": "text/html; charset=utf-8",
};
