/** The local platform: the Workers on simulators and a simulated publisher. */
import { randomUUID } from "node:crypto";
import { baseUrlVariableOf, type Feed, notFetched } from "../../shared/feeds/feed.ts";
import { feeds as everyFeed } from "../../shared/feeds/index.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { settleAll } from "../../shared/lib/settle-all.ts";
import { flowEnded, unfinishedFlows } from "../flows.ts";
import { type Hub, openHub } from "../hub.ts";
import { type Publisher, startPublisher } from "../simulate/publisher.ts";
import { forgetHub, readSettings, type Settings, writeHub } from "./state.ts";
import { applyMigrations, findPort, type LocalWorkers, startWorkers } from "./workers.ts";

export interface Platform {
  readonly hub: Hub;
  readonly publisher: Publisher;
  readonly settings: Settings;
  /** Feeds with a simulated publication. Other feeds are not fetched; their publications can be uploaded. */
  readonly feeds: readonly Feed[];
  /** Settles when the Workers end without `stop`. */
  readonly ended: Promise<void>;
  /** Fires a cron trigger of the hub with the given time. */
  fire(cron: string, at: Date): Promise<void>;
  /** Runs the hourly upkeep, waits for the flows that it resumes and returns their number. */
  recover(): Promise<number>;
  stop(): Promise<void>;
}

export interface PlatformSettings {
  readonly state: string;
  readonly port: number;
  /** The publisher's current day, YYYY-MM-DD. */
  readonly date: string;
  readonly feeds: readonly Feed[];
}

const historyDays = 731;
const upkeepCron = "7 * * * *";

export async function startPlatform(
  { state, port, date, feeds }: PlatformSettings,
  onProgress: (text: string) => void,
): Promise<Platform> {
  const free = await findPort(port);
  const settings = readSettings(state, addDays(date, -historyDays));
  const token = process.env.ADMIN_TOKEN || settings.token;
  onProgress("applying migrations");
  await applyMigrations(state);
  const publisher = await startPublisher({ port: 0, seed: settings.seed, today: date, firstDay: settings.firstDay });
  const fetched = feeds.filter(({ id }) => publisher.publishes(id));
  let workers: LocalWorkers | undefined;
  const stop = async () => {
    await settleAll([
      ["stop the Workers", async () => workers?.stop()],
      ["close the publisher", () => publisher.close()],
    ]).finally(() => forgetHub(state));
  };
  try {
    onProgress("starting the Workers");
    const baseUrls = everyFeed.map((feed) => [
      baseUrlVariableOf(feed),
      fetched.includes(feed) ? publisher.url : notFetched,
    ]);
    const own = { ADMIN_TOKEN: token, ALLOW_LOOPBACK: "true", BOOT_ID: randomUUID() };
    workers = await startWorkers({ state, port: free, variables: { ...own, ...Object.fromEntries(baseUrls) } });
  } catch (error) {
    await stop();
    throw error;
  }
  const hub = openHub({ url: workers.url, token });
  const fire = (cron: string, at: Date) => fireCron(hub, cron, at);
  try {
    onProgress("running the upkeep");
    // Upkeep rebuilds the KV entries that this version of predict reads. A state folder of an earlier version may lack them.
    await fire(upkeepCron, new Date());
  } catch (error) {
    await stop();
    throw error;
  }
  writeHub(state, { url: workers.url, token, pid: process.pid });
  const recover = async () => recoverFlows(hub, fire);
  return { hub, publisher, settings, feeds: fetched, ended: workers.ended, fire, recover, stop };
}

async function fireCron(hub: Hub, cron: string, at: Date): Promise<void> {
  const query = new URLSearchParams({ cron, time: String(at.getTime()), format: "json" });
  const response = await hub.request(`/cdn-cgi/local/scheduled?${query}`);
  const text = await response.text();
  if (!response.ok || /"outcome":\s*"exception"/.test(text)) throw new Error(`cron ${cron}: ${text.slice(0, 300)}`);
}

async function recoverFlows(hub: Hub, fire: Platform["fire"]): Promise<number> {
  const unfinished = await unfinishedFlows(hub);
  // Upkeep also rebuilds KV entries: a new version of the code may need more in them than an earlier one wrote.
  await fire(upkeepCron, new Date());
  for (const id of unfinished) await flowEnded(hub, id);
  return unfinished.length;
}
