/** Files that arrive at a hub in workerd: gold and air quality, with one value that a test chooses. */
import { answer } from "./air-quality.ts";
import { hub, query } from "./hub.ts";
import { type ArrivedFile, ingestHere } from "./ingest-here.ts";

export const text = (content: string) => new TextEncoder().encode(content);

/** Ingests a file in the test. */
export async function take(file: ArrivedFile) {
  return ingestHere(hub, file);
}

/** Returns the stored value of a feed with one series. */
export async function storedValue(variable: string, period: string): Promise<number | undefined> {
  const [row] = (await query(
    `SELECT value FROM observations WHERE variable = '${variable}' AND period = '${period}'`,
  )) as { value: number }[];
  return row?.value;
}

/** Gold prices of five days; the last one is the given price. */
export const goldFile = (last: string) =>
  text(`Date,EUR\n11/16/2026,2100.1\n11/17/2026,2101.5\n11/18/2026,2102.5\n11/19/2026,2103.5\n11/20/2026,${last}\n`);

export const gold = (last: string, at: string, arrival = "first"): ArrivedFile => ({
  feed: "gold-csv",
  name: "Daily.csv",
  bytes: goldFile(last),
  arrivedAt: new Date(at),
  arrival,
});
/** When the files arrive. */
export const days = ["2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"] as const;

/** An air quality file in which every hour has the same ozone. */
export const air = (name: string, times: readonly string[], ozone: number, at: string): ArrivedFile => ({
  feed: "open-meteo-air-quality",
  name,
  bytes: text(JSON.stringify(answer({ times, lists: { ozone: times.map(() => ozone) } }))),
  arrivedAt: new Date(at),
});
