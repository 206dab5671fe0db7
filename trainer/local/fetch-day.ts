/** One day of the simulated publishers: the day's cron fires, and what it fetches is followed until it is in. */
import { z } from "zod";
import type { FlowDetail } from "../../shared/api/flows.ts";
import { flowId } from "../../shared/db/flows.ts";
import { flowEnded } from "../flows.ts";
import type { Platform } from "./platform.ts";

const fetchCron = "30 23 * * *";

export interface Publication {
  readonly feed: string;
  readonly day: string;
  readonly name: string;
  /** The ingest that took it in; null when the fetch failed. */
  readonly flow: FlowDetail | null;
  readonly reason: string | null;
}

const fetchStats = z.object({ kept: z.array(z.string()), ingests: z.array(z.string()) });

/** The latest days up to `date` that bring any of the platform's feeds something new. */
export function publicationDaysUntil({ publisher, feeds }: Platform, date: string): string[] {
  return [...new Set(feeds.flatMap(({ id }) => publisher.newOn(id, date)))].sort();
}

/** Fires the fetches of `day` and waits for what they bring, feed by feed. A day that was fetched before is only looked up. */
export async function fetchDay(platform: Platform, day: string, say: (step: string) => void): Promise<Publication[]> {
  platform.publisher.setToday(day);
  await platform.fire(fetchCron, new Date(`${day}T23:30:00Z`));
  const publications: Publication[] = [];
  for (const { id } of platform.feeds) publications.push(...(await fetched(platform, { feed: id, day }, say)));
  return publications;
}

async function fetched(
  { hub }: Platform,
  { feed, day }: { readonly feed: string; readonly day: string },
  say: (step: string) => void,
): Promise<Publication[]> {
  const flow = await flowEnded(hub, flowId(`fetch:${feed}:${day}`), (step) => say(`${feed}: ${step}`));
  const { kept, ingests } = fetchStats.safeParse(flow.stats).data ?? { kept: [], ingests: [] };
  const publications: Publication[] = [];
  for (const [index, ingest] of ingests.entries()) {
    const name = kept[index] ?? `${feed} of ${day}`;
    const ended = await flowEnded(hub, ingest, (step) => say(`${name}: ${step}`));
    publications.push({ feed, day, name, flow: ended, reason: null });
  }
  // A reason beside what was kept is a piece that could not be had.
  if (flow.reason !== null) {
    publications.push({ feed, day, name: `${feed} of ${day}`, flow: null, reason: flow.reason });
  }
  return publications;
}
