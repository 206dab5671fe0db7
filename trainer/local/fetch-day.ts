/** One day of a simulated publisher: the day's cron fires, and what it fetches is followed until it is in. */
import { z } from "zod";
import { flowId } from "../../shared/db/flows.ts";
import { feeds } from "../../shared/feeds/index.ts";
import type { Flow } from "../hub-client.ts";
import { milkMarket } from "../simulate/milk-market.ts";
import type { Platform } from "./platform.ts";

const fetchCron = "30 23 * * *";

export interface Publication {
  readonly day: string;
  readonly name: string;
  /** The ingest that took it in; null when nothing was fetched. */
  readonly flow: Flow | null;
  readonly reason: string | null;
}

const fetchStats = z.object({ kept: z.array(z.string()), ingests: z.array(z.string()) });

export function publicationDaysUntil({ settings }: Platform, date: string): string[] {
  return milkMarket({ seed: settings.seed, firstDay: settings.firstDay }).publicationDays(date);
}

/** Fires the fetch of `day`. A day that was fetched before is only looked up. */
export async function fetchDay(platform: Platform, day: string, say: (step: string) => void): Promise<Publication> {
  const [feed] = feeds;
  if (!feed) throw new Error("there is no feed");
  platform.publisher.setToday(day);
  await platform.fire(fetchCron, new Date(`${day}T23:30:00Z`));
  const fetched = await platform.hub.ended(flowId(`fetch:${feed.id}:${day}`), say);
  const stats = fetchStats.safeParse(fetched.stats);
  const [ingest] = stats.data?.ingests ?? [];
  const name = stats.data?.kept[0] ?? `${feed.id} of ${day}`;
  if (!ingest) return { day, name, flow: null, reason: fetched.reason ?? "nothing new was published" };
  return { day, name, flow: await platform.hub.ended(ingest, say), reason: null };
}
