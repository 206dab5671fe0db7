/** Renders a report of 185 series in the pages Worker, one call for each file. Runs the steps of one of 2,000 series for their memory. */
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { reportPage } from "../../shared/reports/page/report-page.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { bundleWorkers } from "../../trainer/local/bundles.ts";
import { largeModel } from "../support/large-report-model.ts";
import { type Bench, medianMs, type Result } from "./bench.ts";
import { bundleOfFile, readModules } from "./support/bundle.ts";
import { type MeasuredStep, measureSteps, reportBundles } from "./support/large-report.ts";
import { smallestHeapMb } from "./support/smallest-heap.ts";
import { startWorkerd } from "./support/workerd.ts";

const rounds = 5;
const renderedShape = z.record(z.string(), z.number().min(1));

/** Limit of the heap of an isolate. The rest of its 128 MB is for buffers. */
const stepHeapMb = 80;

/** Returns time and memory of a step of 2,000 series in workerd. It has run with the limit of the heap. */
function resultsOf({ step, ms, hubMb, pagesMb }: MeasuredStep): Result[] {
  const what = `2,000 series in workerd, heap ≤ ${stepHeapMb} MB: ${step}`;
  return [
    { what, value: ms, unit: "ms", limit: null },
    { what: `${what}, heap and buffers of the hub`, value: hubMb, unit: "MB", limit: 128 },
    ...(pagesMb === null
      ? []
      : [{ what: `${what}, heap and buffers of pages`, value: pagesMb, unit: "MB", limit: 128 } as const]),
  ];
}

export async function run(): Promise<Bench> {
  const [, , , pages = ""] = await bundleWorkers();
  const workers = [
    {
      name: "caller",
      modules: bundleOfFile("test/bench/support/report-worker.ts"),
      services: { PAGES: "almanac-pages" },
    },
    { name: "almanac-pages", modules: readModules(pages) },
  ];
  const workerd = await startWorkerd(workers);
  try {
    const port = await workerd.port("caller");
    const render = async (series: number, steps: number) => {
      const response = await fetch(`http://127.0.0.1:${port}/?series=${series}&steps=${steps}`);
      if (!response.ok) throw new Error(await response.text());
      return renderedShape.parse(await response.json());
    };
    await render(4, 1);
    const ms = await medianMs(rounds, () => render(185, 12));
    const heapMb = await smallestHeapMb("test/support/render-large-report.ts", 4);
    const predictingMb = await smallestHeapMb("test/support/predict-large-report.ts", 16);
    const steps = await measureSteps(await reportBundles(), stepHeapMb);
    const page = reportPage(viewOf(largeModel({ series: 185, steps: 12 })), []);
    const results: Result[] = [
      {
        what: "185 series × 12 steps: all nine files, in two languages, with the simulated model",
        value: ms,
        unit: "ms",
        limit: 3_000,
      },
      { what: "the page of 185 series, compressed", value: gzipSync(page).length / 1000, unit: "kB", limit: 150 },
      { what: "2,000 series × 12 steps: heap that CSV and JSON need, in Node", value: heapMb, unit: "MB", limit: 128 },
      { what: "the same for predicting them and computing the report", value: predictingMb, unit: "MB", limit: 128 },
      ...steps.flatMap(resultsOf),
    ];
    return { name: "report", results };
  } finally {
    await workerd.dispose();
  }
}
