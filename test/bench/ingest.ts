/** Measures parsing a workbook of 14,000 rows, ingesting it into lake and database through the hub, and the memory for events. */
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { flowEnded } from "../../trainer/flows.ts";
import { findPort } from "../../trainer/local/workers.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../trainer/simulate/sniim-workbook.ts";
import { TestPlatform, upload } from "../support/platform.ts";
import { type Bench, medianMs, medianOf, type Result } from "./bench.ts";
import { type HeapWatch, watchHeap } from "./support/inspector.ts";
import { smallestHeapMb } from "./support/smallest-heap.ts";

/** Every block of the workbook has 62 rows. */
const blocks = 226;
const runs = 5;

export async function run(): Promise<Bench> {
  const market = milkMarket({ seed: "bench", firstDay: "2024-01-01" });
  const day = market.publicationDays("2026-11-20")[blocks - 1] ?? "2025-07-01";
  const bytes = writeSniimWorkbook(market, day);
  const parseMs = await medianMs(runs, () => sniimMilk.parse(bytes, { name: "Leche.xlsx", arrivedAt: "" }));
  // Each run uses a new hub, so it measures a first publication. Sampling the heap would more than double the time, so
  // memory is measured in separate runs.
  const flowMs = await repeatedly(() => ingestOnce(bytes));
  const peaksMb = await repeatedly(() => peakOfIngest(bytes));
  const historyMb = await smallestHeapMb("test/support/event-history-heap.ts", 16);
  const reportMb = await smallestHeapMb("test/support/event-report-heap.ts", 16);
  const results: Result[] = [
    { what: `${blocks * 62}-row workbook to observations`, value: parseMs, unit: "ms", limit: 1_500 },
    { what: "with lake, database and history", value: medianOf(flowMs), unit: "ms", limit: 6_000 },
    { what: "peak heap of the hub", value: medianOf(peaksMb), unit: "MB", limit: 100 },
    {
      what: "2,000 customers, 3 years: heap that their history needs, in Node",
      value: historyMb,
      unit: "MB",
      limit: 128,
    },
    { what: "the same for predicting and reporting them", value: reportMb, unit: "MB", limit: 128 },
  ];
  return { name: "ingest", results };
}

async function repeatedly(work: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let each = 0; each < 3; each++) values.push(await work());
  return values;
}

/** Returns the milliseconds from the start of an upload until its flow is done. */
async function ingestOnce(
  bytes: Uint8Array,
  inspectorPort: number | null = null,
  start = async () => {},
): Promise<number> {
  const platform = new TestPlatform();
  try {
    const hub = await platform.start(inspectorPort);
    await hub.api.listFeeds();
    await start();
    const before = performance.now();
    const { flow } = await upload(hub, "Leche.xlsx", bytes);
    const { state, reason } = await flowEnded(hub, flow);
    if (state !== "done") throw new Error(`the flow was ${state}: ${reason}`);
    return performance.now() - before;
  } finally {
    await platform.dispose();
  }
}

/** Returns the largest heap in use while a hub ingests, in MB. */
async function peakOfIngest(bytes: Uint8Array): Promise<number> {
  const inspectorPort = await findPort(0);
  let heap: HeapWatch | undefined;
  await ingestOnce(bytes, inspectorPort, async () => {
    heap = await watchHeap(inspectorPort, "almanac-hub");
  });
  heap?.stop();
  return heap?.peakMb() ?? Number.NaN;
}
