/** The local platform: the Workers on simulators and a simulated publisher. */

import { randomUUID } from "node:crypto";
import { baseUrlVariableOf, type Feed, notFetched } from "../../shared/feeds/feed.ts";
import { feeds as everyFeed } from "../../shared/feeds/index.ts";
import { addDays, daysBetween } from "../../shared/lib/calendar.ts";
import { messageOf } from "../../shared/lib/error-reason.ts";
import { settleAll } from "../../shared/lib/settle-all.ts";
import { Failure } from "../failure.ts";
import { flowEnded, unfinishedFlows } from "../flows.ts";
import { type Hub, openHub } from "../hub.ts";
import { type Publisher, startPublisher } from "../simulate/publisher.ts";
import { startCronClock } from "./cron-clock.ts";
import { forgetHub, readSettings, type Settings, writeHub } from "./state.ts";
import { findPort, type LocalWorkers, startWorkers } from "./workers.ts";

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
  /** Fires the cron triggers of the hub at their times until `stop`. The publisher's day advances with the days that pass. */
  runCrons(onFailure: (reason: string) => void): void;
  /** Runs the hourly upkeep and waits for the flows that it resumes, for a limited time. */
  recover(): Promise<Recovered>;
  stop(): Promise<void>;
}

/** Numbers of resumed flows: those that have ended, and those that still run after the limit. */
export interface Recovered {
  readonly ended: number;
  readonly running: number;
}

export interface PlatformSettings {
  readonly state: string;
  readonly port: number;
  /** The publisher's current day, YYYY-MM-DD. */
  readonly date: string;
  readonly feeds: readonly Feed[];
  /** Port of the debugger, 0 if the system chooses it; null without a debugger. */
  readonly inspectorPort: number | null;
  now(): Date;
}

/** A job of the hub takes a few seconds. A publication that blocks the hub also blocks the job. */
const jobMaxMs = 60_000;
/** A start waits at most so long for the flows of an earlier one. */
const recoveryMaxMs = 120_000;
const historyDays = 731;
const upkeepCron = "7 * * * *";

export async function startPlatform(
  { state, port, date, feeds, inspectorPort, now }: PlatformSettings,
  onProgress: (text: string) => void,
): Promise<Platform> {
  const free = await findPort(port);
  const settings = readSettings(state, addDays(date, -historyDays));
  const token = process.env.ADMIN_TOKEN || settings.token;
  const personalToken = process.env.PERSONAL_TOKEN || settings.personalToken;
  const { seed, firstDay, firstDays } = settings;
  const simulated = { seed, firstDay, ...(firstDays && { firstDays }) };
  const publisher = await startPublisher({ ...simulated, port: 0, today: date });
  const fetched = feeds.filter(({ id }) => publisher.publishes(id));
  let workers: LocalWorkers | undefined;
  let stopCrons = () => {};
  const stop = async () => {
    stopCrons();
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
    const variables = { ...own, ...Object.fromEntries(baseUrls) };
    workers = await startWorkers({ state, port: free, variables, personalToken, inspectorPort });
  } catch (error) {
    await stop();
    throw error;
  }
  const running = workers;
  const hub = openHub({ url: workers.url, token, personalToken });
  const fire = (cron: string, at: Date) => running.fire(cron, at, jobMaxMs);
  try {
    onProgress("running the upkeep");
    // Upkeep rebuilds the KV entries that this version of predict reads. A state folder of an earlier version may lack them.
    await fire(upkeepCron, now());
  } catch (error) {
    await stop();
    const reason = messageOf(error);
    throw new Failure(
      `${reason} If a flow of an earlier start stops the hub, it is tried again at the next starts and then fails, so start again.`,
    );
  }
  writeHub(state, { url: workers.url, token, personalToken, pid: process.pid });
  const recover = async () => recoverFlows(hub, { fire, now });
  const begunOn = dayOf(now());
  const runCrons = (onFailure: (reason: string) => void) => {
    const fireToday = (cron: string, at: Date) => {
      publisher.setToday(addDays(date, daysBetween(begunOn, dayOf(at))));
      return fire(cron, at);
    };
    stopCrons = startCronClock(running.crons, { now, after, fire: fireToday, onFailure });
  };
  return { hub, publisher, settings, feeds: fetched, ended: workers.ended, fire, runCrons, recover, stop };
}

const dayOf = (time: Date) => time.toISOString().slice(0, 10);

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

export interface RecoveryEffects extends Pick<Platform, "fire"> {
  now(): Date;
}

export interface RecoveryLimits {
  /** Longest time that a request may take. */
  readonly jobMaxMs: number;
  /** Longest time for all flows together. */
  readonly recoveryMaxMs: number;
}

/**
 * Runs the upkeep, which resumes flows, and waits for them within the limits.
 * @throws Failure if the hub does not answer, or if the upkeep fails
 */
export async function recoverFlows(
  hub: Hub,
  { fire, now }: RecoveryEffects,
  limits: RecoveryLimits = { jobMaxMs, recoveryMaxMs },
): Promise<Recovered> {
  const untilMs = now().getTime() + limits.recoveryMaxMs;
  // While a flow blocks the hub, the hub does not answer.
  const limited = openHub({
    ...hub,
    send: (url, init) => fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(limits.jobMaxMs) }),
  });
  const unfinished = await unfinishedFlows(limited);
  // Upkeep also rebuilds KV entries: a new version of the code may need more in them than an earlier one wrote.
  await fire(upkeepCron, now());
  let ended = 0;
  for (const id of unfinished) {
    if (await endsWithin(limited, id, untilMs - now().getTime())) ended++;
  }
  return { ended, running: unfinished.length - ended };
}

/** Waits for a flow. Returns false if it has not ended within the time, or if the hub does not answer. */
async function endsWithin(hub: Hub, id: string, waitMaxMs: number): Promise<boolean> {
  try {
    await flowEnded(hub, id, () => {}, Math.max(0, waitMaxMs));
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
