/** Simulates one day: sets the publisher's day, fires the daily cron and waits for the ingests. */
import { fetchKey } from "../../shared/api/flow-keys.ts";
import { fetchStatsShape } from "../../shared/api/flow-stats.ts";
import type { FlowDetail } from "../../shared/api/flows.ts";
import { flowId } from "../../shared/db/flow-id.ts";
import { flowEnded } from "../flows.ts";
import type { Platform } from "./platform.ts";

const fetchCron = "30 23 * * *";

export interface FetchedPublication {
  readonly feed: string;
  readonly day: string;
  readonly name: string;
  /** The ingest of the publication; null if the fetch failed. */
  readonly flow: FlowDetail | null;
  readonly reason: string | null;
}

/** Returns the latest day up to `date` of each feed of the platform with a new publication, which contains or continues the earlier ones. */
export function publicationDaysUntil({ publisher, feeds }: Platform, date: string): string[] {
  return [...new Set(feeds.flatMap(({ id }) => publisher.newOn(id, date).slice(-1)))].sort();
}

export interface FetchListener {
  onStep(step: string): void;
  /** Called when the publications of a feed are ingested, with the earlier results if the day was already fetched. */
  onFetched(feed: string, publications: readonly FetchedPublication[]): void;
}

/** Starts the fetches of `day` and waits for the ingests, feed by feed. */
export async function fetchDay(platform: Platform, day: string, { onStep, onFetched }: FetchListener): Promise<void> {
  platform.publisher.setToday(day);
  await platform.fire(fetchCron, new Date(`${day}T23:30:00Z`));
  for (const { id } of platform.feeds) onFetched(id, await fetched(platform, { feed: id, day }, onStep));
}

async function fetched(
  { hub }: Platform,
  { feed, day }: { readonly feed: string; readonly day: string },
  onStep: (step: string) => void,
): Promise<FetchedPublication[]> {
  const flow = await flowEnded(hub, flowId(fetchKey(feed, day)), (step) => onStep(`${feed}: ${step}`));
  const { kept: names, ingests } = fetchStatsShape.safeParse(flow.stats).data ?? { kept: [], ingests: [] };
  const publications: FetchedPublication[] = [];
  for (const [index, ingest] of ingests.entries()) {
    const name = names[index] ?? `${feed} of ${day}`;
    const ended = await flowEnded(hub, ingest, (step) => onStep(`${name}: ${step}`));
    publications.push({ feed, day, name, flow: ended, reason: null });
  }
  // A fetch with a reason failed for one piece and stored the others.
  if (flow.reason !== null) {
    publications.push({ feed, day, name: `${feed} of ${day}`, flow: null, reason: flow.reason });
  }
  return publications;
}
