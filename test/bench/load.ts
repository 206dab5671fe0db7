/** Sends 200 requests per second through the hub for a minute, during a promotion and an ingest. */
import { loadWhileChanging } from "../support/changing-platform.ts";
import { TestPlatform } from "../support/platform.ts";
import type { Bench } from "./bench.ts";

const perSecond = 200;
const seconds = 60;

export async function run(): Promise<Bench> {
  const platform = new TestPlatform();
  try {
    const { requests, failed, mixed, seen, latencies } = await loadWhileChanging(platform, { perSecond, seconds });
    for (const sentence of [...failed, ...mixed].slice(0, 10)) console.error(sentence);
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
    // There are two versions and two histories. Answers use at least two pairs of them, and usually three.
    const changes = seen.size - 1;
    return {
      name: "load",
      results: [
        { what: `requests, ${perSecond} per second`, value: requests, unit: "requests", limit: null },
        { what: "failed", value: failed.length, unit: "requests", limit: 0 },
        { what: "answers that mix two versions", value: mixed.length, unit: "requests", limit: 0 },
        { what: "changes that no answer used", value: Math.max(0, 1 - changes), unit: "", limit: 0 },
        { what: "p50, through the hub", value: at(0.5), unit: "ms", limit: null },
        { what: "p99, through the hub", value: at(0.99), unit: "ms", limit: null },
      ],
    };
  } finally {
    await platform.dispose();
  }
}
