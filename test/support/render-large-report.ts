/**
 * Renders the large files of a report of 2,000 series and 12 steps, as the pages Worker does, in a process of its own whose heap is
 * limited. Prints the bytes of each file.
 */
import { deserialize, serialize } from "node:v8";
import { readReportModel } from "../../shared/api/read-report-model.ts";
import { renderFile } from "../../shared/reports/report-files.ts";
import { largeModel } from "./large-report-model.ts";

/** The model between two Workers: outside the heap. */
const sent = serialize(largeModel({ series: 2_000, steps: 12 }));

const bytes: Record<string, number> = {};
// The largest files: the charts and the page have almost the same size for any number of series.
for (const file of ["forecast.csv", "report.json"] as const) {
  const model = readReportModel(deserialize(sent));
  if (!model.ok) throw new Error(model.error);
  bytes[file] = renderFile(file, model.value, { rasterize: null })?.length ?? 0;
}
console.log(JSON.stringify({ sentMb: Math.round(sent.length / 1e6), bytes }));
