/** From a 14,000-row workbook to observations, and through the hub to lake and database. */
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { findPort } from "../../trainer/local/workers.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../trainer/simulate/sniim-workbook.ts";
import { watchHeap } from "../support/heap.ts";
import { TestPlatform, upload } from "../support/platform.ts";
import { type Bench, medianMs, medianOf, type Result } from "./bench.ts";

/** Every block of the workbook has 62 rows. */
const blocks = 226;
const runs = 5;

export async function run(): Promise<Bench> {
  const market = milkMarket({ seed: "bench", firstDay: "2024-01-01" });
  const day = market.publicationDays("2026-11-20")[blocks - 1] ?? "2025-07-01";
  const bytes = writeSniimWorkbook(market, day);
  const parseMs = await medianMs(runs, () => sniimMilk.parse(bytes, "Leche.xlsx"));
  const flows: { readonly ms: number; readonly peakMb: number }[] = [];
  // A hub that has never ingested, each time: what a first publication costs.
  for (let each = 0; each < 3; each++) flows.push(await ingestOnce(bytes));
  const results: Result[] = [
    { what: `${blocks * 62}-row workbook to observations`, value: parseMs, unit: "ms", limit: 1_500 },
    { what: "with lake, database and history", value: medianOf(flows.map(({ ms }) => ms)), unit: "ms", limit: 6_000 },
    { what: "peak heap of the hub", value: medianOf(flows.map(({ peakMb }) => peakMb)), unit: "MB", limit: 100 },
  ];
  return { name: "ingest", results };
}

async function ingestOnce(bytes: Uint8Array): Promise<{ readonly ms: number; readonly peakMb: number }> {
  const platform = new TestPlatform();
  try {
    const inspectorPort = await findPort(0);
    const hub = await platform.start(inspectorPort);
    await hub.feeds();
    const heap = await watchHeap(inspectorPort);
    const start = performance.now();
    const { flow } = await upload(hub, "Leche.xlsx", bytes);
    const { state, reason } = await hub.ended(flow);
    const ms = performance.now() - start;
    heap.stop();
    if (state !== "done") throw new Error(`the flow was ${state}: ${reason}`);
    return { ms, peakMb: heap.peakMb() };
  } finally {
    await platform.dispose();
  }
}
