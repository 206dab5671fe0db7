/** Runs the steps of a report with 2,000 series and 12 steps in workerd, and measures the memory of each. */
import { milkMx } from "../../../shared/forecasts/milk-mx.ts";
import { targetSourceOf } from "../../../shared/forecasts/source.ts";
import { filesIn, languagesOf } from "../../../shared/reports/languages.ts";
import { bundleWorkers } from "../../../trainer/local/bundles.ts";
import { applyMigrations } from "../../../trainer/local/migrations.ts";
import { largeHistory } from "../../support/large-history.ts";
import { type BundleModule, bundleOfFile, readModules } from "./bundle.ts";
import { watchHeap } from "./inspector.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

export interface MeasuredStep {
  readonly step: string;
  readonly ms: number;
  /** The largest samples of the heap and the buffers in the isolates, in MB; null for an isolate that does not take part. */
  readonly hubMb: number;
  readonly pagesMb: number | null;
}

const size = "series=2000&steps=12";

export interface ReportBundles {
  readonly renders: readonly BundleModule[];
  readonly predicts: readonly BundleModule[];
  readonly pages: readonly BundleModule[];
}

/** Bundles the Workers. */
export async function reportBundles(): Promise<ReportBundles> {
  const [, , , pages = ""] = await bundleWorkers();
  return {
    renders: bundleOfFile("test/bench/support/report-worker.ts"),
    predicts: bundleOfFile("test/bench/support/report-predict-worker.ts"),
    pages: readModules(pages),
  };
}

/** Read by miniflare when it starts workerd. */
const flagsVariable = "MINIFLARE_WORKERD_V8_FLAGS";

/**
 * Starts the Workers with a limit of the heap of every isolate. Isolates that only prepare data are others than those that are
 * measured.
 */
async function startReportWorkers({ renders, predicts, pages }: ReportBundles, heapMb: number): Promise<Workerd> {
  const services = { PAGES: "almanac-pages" };
  const workers = [
    { name: "maker", modules: renders, services },
    { name: "rendering-hub", modules: renders, services },
    { name: "predicting-hub", modules: predicts },
    { name: "almanac-pages", modules: pages },
  ];
  process.env[flagsVariable] = `--max-old-space-size=${heapMb}`;
  try {
    return await startWorkerd(workers, { inspect: true, hasDatabase: true });
  } finally {
    delete process.env[flagsVariable];
  }
}

/**
 * Runs each step once, in the order of the flow, with a limit of the heap: workerd enforces no limit by itself, and samples of a busy
 * isolate miss the peak of one long call. Buffers are outside the heap.
 * @throws if a step fails, for example because it needs a larger heap
 */
export async function measureSteps(bundles: ReportBundles, heapMb: number): Promise<MeasuredStep[]> {
  const workerd = await startReportWorkers(bundles, heapMb);
  try {
    const call = async (worker: string, query = "") => {
      const response = await fetch(`http://127.0.0.1:${await workerd.port(worker)}/?${query}`);
      if (!response.ok) throw new Error(`${worker}: ${await response.text()}`);
      await response.arrayBuffer();
    };
    const inspectorPort = await workerd.inspectorPort();
    const measured = async (step: string, worker: string, query = ""): Promise<MeasuredStep> => {
      const isRendering = query !== "";
      const hub = await watchHeap(inspectorPort, worker);
      const pages = isRendering ? await watchHeap(inspectorPort, "almanac-pages") : null;
      const before = performance.now();
      await call(worker, query);
      const ms = performance.now() - before;
      hub.stop();
      pages?.stop();
      return { step, ms, hubMb: hub.peakMb(), pagesMb: pages?.peakMb() ?? null };
    };
    await seed(await workerd.database());
    const steps = [await measured("predict", "predicting-hub")];
    await call("maker", `${size}&store`);
    for (const { name } of filesIn(languagesOf(milkMx)))
      steps.push(await measured(`render ${name}`, "rendering-hub", `file=${name}`));
    return steps;
  } finally {
    await workerd.dispose();
  }
}

/** Stores the facts of 2,000 series: 302,000 rows. */
async function seed(database: Awaited<ReturnType<Workerd["database"]>>): Promise<void> {
  await applyMigrations(database, "migrations");
  const { feed } = targetSourceOf(milkMx);
  const { periods, series } = largeHistory();
  const run = (sql: string, ...values: unknown[]) =>
    database
      .prepare(sql)
      .bind(...values)
      .run();
  await run(
    `INSERT INTO ingests (id, feed, flow_id, raw_key, rank, arrived_at, stats) VALUES (1, ?, 'f', 'k', 'r', ?, '{}')`,
    feed,
    "2026-11-20T15:00:00.000Z",
  );
  const keys = JSON.stringify(series.map(({ is }) => JSON.stringify(is)));
  await run(
    "INSERT INTO series (id, feed, key, dimensions) SELECT key + 1, ?, value, '{}' FROM json_each(?)",
    feed,
    keys,
  );
  const insert = `INSERT INTO observations (feed, period, series_id, variable, value, ingest_id)
    SELECT ?, ?, key + 1, ?, CAST(value AS REAL), 1 FROM json_each(?)`;
  for (const [at, period] of periods.entries()) {
    const values = JSON.stringify(series.map((one) => one.values[at] ?? 0));
    await run(insert, feed, period, milkMx.variable, values);
  }
}
