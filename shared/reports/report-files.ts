/** The files of a report. */
import type { Download, ReportFile } from "../api/pages.ts";
import type { ReportModel } from "../api/report-model.ts";
import type { Rasterize } from "../charts/png.ts";
import { fileSvg } from "../charts/svg.ts";
import { jsonPieces } from "../lib/json-pieces.ts";
import { encodePieces, encodeUtf8 } from "../lib/utf8.ts";
import { downloadsFor, filesIn, linksOfReport, type RenderedFile } from "./languages.ts";
import { reportPage } from "./page/report-page.ts";
import { mainChart, sourceLine } from "./report-charts.ts";
import { forecastCsv, reportCsv } from "./report-csv.ts";
import { type View, viewOf } from "./view.ts";

export interface RenderOptions {
  /** A language of reports; by default the forecast's own, else English. */
  readonly language?: string | undefined;
  /** The languages of the report, which its page links to; the first one has the plain file names. */
  readonly languages?: readonly string[] | undefined;
  /** The files that the page links to, with their sizes. */
  readonly downloads?: readonly Download[] | undefined;
  /** Needed for the image; without it the report has none. */
  readonly rasterize: Rasterize | null;
}

/** Returns the bytes of one file; null if the report does not have it: without a history there is no chart. */
export function renderFile(
  file: ReportFile,
  model: ReportModel,
  options: RenderOptions,
): Uint8Array<ArrayBuffer> | null {
  const { language, languages = [], downloads = [], rasterize } = options;
  const view = () => viewOf(model, language);
  switch (file) {
    case "report.csv":
      return model.table.columns.length === 0 ? null : encodePieces(reportCsv(model));
    case "forecast.csv":
      return encodePieces(forecastCsv(model));
    case "report.json":
      return encodePieces(jsonPieces(model, "\n"));
    case "chart.svg":
      return mapNull(chartSvg(view()), encodeUtf8);
    case "chart.png":
      return rasterize && mapNull(chartSvg(view()), rasterize);
    case "report.html":
      return encodeUtf8(pageOf(view(), { languages, downloads }));
  }
}

function pageOf(
  view: View,
  { languages, downloads }: { readonly languages: readonly string[]; readonly downloads: readonly Download[] },
): string {
  return reportPage(view, downloads, linksOfReport(languages, view.words.language));
}

function chartSvg(view: View): string | null {
  const chart = mainChart(view);
  return chart && fileSvg(chart, sourceLine(view));
}

function mapNull<From, To>(value: From | null, map: (value: From) => To): To | null {
  return value === null ? null : map(value);
}

/**
 * Renders every file of a report in some languages, and passes each with its name to `store` before the next one, so that one is in
 * memory at a time.
 */
export async function renderAll(
  model: ReportModel,
  { languages, rasterize }: { readonly languages: readonly string[]; readonly rasterize: Rasterize | null },
  store: (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const rendered: RenderedFile[] = [];
  for (const named of filesIn(languages)) {
    const language = named.language ?? undefined;
    const downloads = downloadsFor(named.language, rendered);
    const bytes = renderFile(named.file, model, { language, languages, downloads, rasterize });
    if (bytes === null) continue;
    rendered.push({ ...named, bytes: bytes.length });
    await store(named.name, bytes);
  }
}
