/** The contract of the Worker `pages`, which the hub calls by RPC. */
import type { Result } from "../lib/result.ts";
import type { ReportModel } from "./report-model.ts";

/** The files of a report, in the order in which they are rendered: the page is last, because it has the sizes of the others. */
export const reportFiles = [
  "report.csv",
  "forecast.csv",
  "report.json",
  "chart.svg",
  "chart.png",
  "report.html",
] as const;
export type ReportFile = (typeof reportFiles)[number];

/** A file beside the page, which the page links to. */
export interface Download {
  readonly file: Exclude<ReportFile, "report.html">;
  /** Its name in the language of the page; by default that of `file`. */
  readonly name?: string | undefined;
  readonly bytes: number;
}

export interface RenderRequest {
  readonly model: ReportModel;
  readonly file: ReportFile;
  /** BCP 47, such as `es`. By default the forecast's own language, else English. */
  readonly language?: string | undefined;
  /** The languages of the report. Its page links to the others. The first one has the plain file names. */
  readonly languages?: readonly string[] | undefined;
  /** For the page. */
  readonly downloads?: readonly Download[] | undefined;
}

/** The bytes of the file, or null if the report does not have it: without a history there is no chart. */
export type RenderAnswer = Result<Uint8Array<ArrayBuffer> | null>;

/** One call renders one file, so that one file is in memory at a time. */
export interface PagesRenderer {
  render(request: RenderRequest): Promise<RenderAnswer>;
}
