/** What predict answers with now, and how a command waits until predict uses what it changed. */
import { historyStatsShape } from "../shared/api/flow-stats.ts";
import type { Serving } from "../shared/api/serving.ts";
import { failure, type Result, success } from "../shared/lib/result.ts";
import { describeAnswers } from "../shared/registry/serving-text.ts";
import { Failure } from "./failure.ts";
import type { Hub } from "./hub.ts";
import { printError, prose } from "./terminal.ts";

/** A snapshot of KV is read again after a minute at the latest, and by each isolate of predict after 30 seconds. */
const usualWaitMaxMs = 90_000;
const pollMs = 250;

export interface WaitOptions {
  readonly waitMaxMs?: number;
  /** Replaced by tests. */
  nowMs?(): number;
  sleep?(ms: number): Promise<void>;
}

const realSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A change that predict has to read: the number of a champion change, of a history, or both. */
export interface Wanted {
  readonly forecast: string;
  readonly change?: number;
  readonly history?: number;
}

/** Reads what predict answers with. Fails with the reason if it cannot answer. */
export async function servingOf(hub: Pick<Hub, "api">, forecast: string): Promise<Result<Serving>> {
  try {
    return success(await hub.api.getServing({ forecast }));
  } catch (error) {
    if (error instanceof Failure) return failure(error.message);
    throw error;
  }
}

/** Returns one line: which version answers and why, or why nothing can be answered. */
export function servingLine(forecast: string, serving: Result<Serving>): string {
  return serving.ok ? `✔ ${forecast}: ${describeAnswers(serving.value)}` : `✖ ${forecast}: ${serving.error}`;
}

/**
 * Waits until predict uses a change, by default at most 90 seconds. Returns what it answers with. The failure states what is not visible
 * yet; this is no error of the change.
 */
export async function servedWith(
  hub: Pick<Hub, "api">,
  wanted: Wanted,
  { waitMaxMs = usualWaitMaxMs, nowMs = () => performance.now(), sleep = realSleep }: WaitOptions = {},
): Promise<Result<Serving>> {
  const untilMs = nowMs() + waitMaxMs;
  while (true) {
    const serving = await servingOf(hub, wanted.forecast);
    if (serving.ok && includes(serving.value, wanted)) return serving;
    if (nowMs() >= untilMs) return failure(notVisible(serving, wanted, waitMaxMs));
    await sleep(pollMs);
  }
}

function includes({ change, history }: Serving, wanted: Wanted): boolean {
  return change >= (wanted.change ?? 0) && history >= (wanted.history ?? 0);
}

function notVisible(serving: Result<Serving>, wanted: Wanted, waitMaxMs: number): string {
  const { forecast } = wanted;
  const after = `after ${waitMaxMs / 1000} s`;
  if (!serving.ok) return `Predictions of ${forecast} are not available ${after}: ${serving.error}`;
  const { model, change, data_as_of } = serving.value;
  const old = change < (wanted.change ?? 0) ? `use version ${model.version}` : `end with the data of ${data_as_of}`;
  return `Predictions of ${forecast} still ${old} ${after}. The change is stored, and predictions will use it as soon as this location can read it. See almanac models ${forecast}.`;
}

/** Waits for several changes at once and prints those that are not visible within the limit. Prints nothing else. */
export async function printUnlessServed(hub: Pick<Hub, "api">, all: readonly Wanted[]): Promise<void> {
  const results = await Promise.all(all.map((wanted) => servedWith(hub, wanted)));
  for (const result of results) if (!result.ok) printError(prose(result.error));
}

/** Returns the histories that predict has to read after a flow. Forecasts without a champion are omitted. */
export async function historiesOf({ api }: Pick<Hub, "api">, stats: unknown): Promise<Wanted[]> {
  const parsed = historyStatsShape.safeParse(stats);
  // A hub of an earlier version does not state them.
  if (!parsed.success) return [];
  const { models } = await api.listModels({ query: { stage: "champion", limit: 500 } });
  const served = new Set(models.map(({ forecast }) => forecast));
  return Object.entries(parsed.data.histories).flatMap(([forecast, history]) =>
    served.has(forecast) ? [{ forecast, history }] : [],
  );
}
