/** Runs a forecast over its history as if it had been live: ingest, train, gate, predict, publish and score, in memory. */
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { buildHistory } from "../../shared/api/history.ts";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { eventsRuleOf } from "../../shared/forecasts/source.ts";
import { firstPartOf, followingPeriod, rangeIn } from "../../shared/period.ts";
import { buildOutlook, buildSnapshot, type Snapshot } from "../../shared/predict/snapshot.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { historyNeeds } from "../../shared/sources/history-needs.ts";
import { countingsOf } from "../../shared/track-record/counting.ts";
import { predictionsKey, scoresKey } from "../../shared/track-record/keys.ts";
import { predictionsToPublish } from "../../shared/track-record/publish-snapshot.ts";
import { writePredictions } from "../../shared/track-record/published-prediction.ts";
import { type PublishedScore, writeScores } from "../../shared/track-record/published-score.ts";
import { scorePublication } from "../../shared/track-record/score-published.ts";
import {
  addSums,
  type PeriodSums,
  type SeriesSums,
  seriesSumsKey,
  sumByPeriod,
  sumBySeries,
} from "../../shared/track-record/score-sums.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import { Failure } from "../failure.ts";
import type { TrainingPool } from "../training/pool.ts";
import { type Prepared, prepareTraining } from "../training/run-contest.ts";
import type { FactHistory } from "./fact-history.ts";
import { matchedPublications, type PublishedOrigin, stillOpen } from "./open-publications.ts";
import { type ReplayTraining, type TrainingBudget, trainingRefusal, trainOnce } from "./train-once.ts";
import { type Version, Versions } from "./versions.ts";

export interface ReplayTask extends TrainingBudget {
  readonly forecast: Forecast;
  readonly history: FactHistory;
  /** First and last period with a forecast; null for the end of the data. */
  readonly from: string;
  readonly to: string | null;
  /** Number of publications from one training to the next; null for one training. */
  readonly retrainEvery: number | null;
}

export interface ReplayEffects {
  withPool<T>(prepared: Prepared, work: (pool: TrainingPool) => Promise<T>): Promise<T>;
  /** The reference runtime. */
  readonly run: RunModel;
  nowMs(): number;
  onProgress(done: number, total: number, text: string): void;
  /** Stores a file of the record. */
  write?(key: string, bytes: Uint8Array): Promise<void>;
}

/** A training of the replay, after the publication of a period. */
export interface DatedTraining extends ReplayTraining {
  readonly after: string;
  readonly champion: { readonly version: string; readonly candidate: string } | null;
}

export interface Replayed {
  /** The publications of the replay, oldest first. */
  readonly publications: readonly string[];
  /** Publications after which no version served, with the reason. */
  readonly unpublished: readonly { readonly period: string; readonly reason: string }[];
  readonly trainings: readonly DatedTraining[];
  readonly sums: readonly PeriodSums[];
  readonly series: readonly SeriesSums[];
  /** In milliseconds. They differ from run to run; everything else does not. */
  readonly times: { readonly trainings: readonly number[]; readonly publications: readonly number[] };
}

/** @throws Failure if no period is in the range, or if a version cannot be published or served */
export async function replay(task: ReplayTask, effects: ReplayEffects): Promise<Replayed> {
  const run = new ReplayRun(task, effects);
  const { publications } = run;
  for (const [at, period] of publications.entries()) {
    await run.publication(period, at);
    // Draws the display and handles Ctrl-C.
    await eventLoopTurn();
  }
  return run.result();
}

class ReplayRun {
  readonly publications: readonly string[];
  readonly #task: ReplayTask;
  readonly #effects: ReplayEffects;
  readonly #versions: Versions;
  readonly #trainings: DatedTraining[] = [];
  readonly #unpublished: { period: string; reason: string }[] = [];
  readonly #sums: PeriodSums[] = [];
  readonly #series = new Map<string, SeriesSums>();
  readonly #times = { trainings: [] as number[], publications: [] as number[] };
  /** As many as the largest step: older ones have been scored at every step. For events those that wait for one. */
  #published: PublishedOrigin[] = [];
  #sinceTraining = Number.POSITIVE_INFINITY;

  constructor(task: ReplayTask, effects: ReplayEffects) {
    this.#task = task;
    this.#effects = effects;
    this.#versions = new Versions(task.forecast);
    this.publications = publicationsOf(task);
  }

  result(): Replayed {
    return {
      publications: this.publications,
      unpublished: this.#unpublished,
      trainings: this.#trainings,
      sums: this.#sums,
      series: [...this.#series.values()],
      times: this.#times,
    };
  }

  /** Does what the service does after a publication. */
  async publication(period: string, at: number): Promise<void> {
    const { forecast, history } = this.#task;
    const { nowMs } = this.#effects;
    const started = nowMs();
    const onProgress = (text: string) => this.#effects.onProgress(at, this.publications.length, `${period}: ${text}`);
    onProgress("scoring and predicting");
    const facts = history.factsAt(period);
    const panel = forecastPanel(forecast, facts);
    await this.#score(period, panel);
    const trainingMs = await this.#trainIfDue(period, facts, onProgress);
    await this.#publish(period, facts);
    const rule = eventsRuleOf(forecast);
    if (rule !== null) this.#published = stillOpen(this.#published, { panel, activeDays: rule.activeDays });
    this.#times.publications.push(nowMs() - started - trainingMs);
  }

  /** Scores the predictions for a period of earlier publications. */
  async #score(target: string, panel: Panel): Promise<void> {
    const { forecast } = this.#task;
    const rule = eventsRuleOf(forecast);
    const published =
      rule === null
        ? this.#published
        : matchedPublications(this.#published, { panel, target, activeDays: rule.activeDays });
    const publications = published.map((one) => ({ ...one, role: "champion", revision: 1 }) as const);
    const counted = countingsOf(publications, publicationTime(target));
    const scores = publications.flatMap((one, at): PublishedScore[] =>
      scorePublication({ forecast, panel, target }, { ...one, counts: counted[at] ?? "backfill" }),
    );
    if (scores.length === 0) return;
    this.#sums.push(...sumByPeriod(scores));
    for (const sums of sumBySeries(scores)) {
      const key = seriesSumsKey(sums);
      const known = this.#series.get(key);
      this.#series.set(key, known === undefined ? sums : { ...sums, ...addSums(known, sums) });
    }
    await this.#effects.write?.(
      scoresKey({ forecast: forecast.id, target, revision: 1 }),
      writeScores(forecast, scores),
    );
  }

  /** Trains if a training is due. Returns its time. Without enough data it tries again after the next publication. */
  async #trainIfDue(
    period: string,
    facts: ReturnType<FactHistory["factsAt"]>,
    onProgress: (text: string) => void,
  ): Promise<number> {
    const { forecast, retrainEvery, seed, trialsMax } = this.#task;
    const { nowMs, withPool, run } = this.#effects;
    this.#sinceTraining++;
    if (this.#sinceTraining < (retrainEvery ?? Number.POSITIVE_INFINITY)) return 0;
    const started = nowMs();
    const prepared = prepareTraining(forecast, facts);
    const refusal = trainingRefusal(prepared);
    if (refusal !== null) {
      if (this.#versions.champion === null) this.#unpublished.push({ period, reason: refusal });
      return 0;
    }
    const number = this.#trainings.length + 1;
    const parts = { prepared, versions: this.#versions, run, seed, trialsMax, key: `training ${number}` };
    const trained = await withPool(prepared, (pool) =>
      trainOnce({ ...parts, pool, onProgress: (text) => onProgress(`training ${number}, ${text}`) }),
    ).catch(failedTraining);
    const card = this.#versions.champion?.card;
    const champion = card ? { version: card.version, candidate: card.recipe.candidate } : null;
    this.#trainings.push({ ...trained, after: period, champion });
    this.#sinceTraining = 0;
    const taken = nowMs() - started;
    this.#times.trainings.push(taken);
    return taken;
  }

  async #publish(origin: string, facts: ReturnType<FactHistory["factsAt"]>): Promise<void> {
    const { forecast } = this.#task;
    const { champion, baseline } = this.#versions;
    if (champion === null) {
      if (this.#unpublished.at(-1)?.period !== origin)
        this.#unpublished.push({ period: origin, reason: "No version serves." });
      return;
    }
    const history = buildHistory(historyNeeds(forecast, []), facts);
    const snapshotOf = ({ served, card }: Version): Snapshot => {
      const outlook = buildOutlook(served.forecast, history);
      if (!outlook.ok) throw new Failure(`Version ${card.version} cannot predict after ${origin}: ${outlook.error}.`);
      return buildSnapshot({ model: served, outlook: outlook.value, historyDigest: origin });
    };
    const snapshot = snapshotOf(champion);
    const isBaseline = isNaive(champion.card.recipe.candidate);
    const ofBaseline = isBaseline ? snapshot : baseline && snapshotOf(baseline);
    const publishedAt = publicationTime(origin);
    const made = await predictionsToPublish({ snapshot, baseline: ofBaseline, publishedAt });
    if (!made.ok) throw new Failure(`Predictions after ${origin} failed: ${made.error.reason}.`);
    const predictions = made.value;
    if (predictions.length === 0) {
      this.#unpublished.push({ period: origin, reason: "No series has a recent value." });
      return;
    }
    const kept = eventsRuleOf(forecast) === null ? Math.max(...forecast.steps) : Number.POSITIVE_INFINITY;
    this.#published = [...this.#published, { origin, publishedAt, predictions }].slice(-kept);
    const key = predictionsKey({ forecast: forecast.id, origin, role: "champion", revision: 1 });
    await this.#effects.write?.(key, writePredictions(forecast, predictions));
  }
}

/** A training that fails changes nothing, as in the service: the previous champion serves until the next training. */
function failedTraining(error: unknown): ReplayTraining {
  if (!(error instanceof Failure)) throw error;
  return { trials: 0, submitted: [], reason: `The training failed: ${error.message}` };
}

/** Returns the periods in the range that have a value of the target. */
function publicationsOf({ forecast, history, from, to }: ReplayTask): string[] {
  const { periods, series } = forecastPanel(forecast, history.factsAt(null));
  const hasValue = (at: number) => series.some(({ values }) => !Number.isNaN(values[at] ?? Number.NaN));
  const all = periods.filter((_, at) => hasValue(at));
  const { from: first = "", to: last } = rangeIn(forecast.schedule.every, { from, to: to ?? undefined });
  const wanted = all.filter((period) => period >= first && (last === undefined || period <= last));
  if (wanted.length > 0) return wanted;
  throw new Failure(`No publication is between ${from} and ${to ?? "the end"}. ${contained(all)}`);
}

/** A publication comes when its period has ended. The record needs its order only. */
function publicationTime(period: string): string {
  return `${firstPartOf(followingPeriod(period), "hour")}:00:00.000Z`;
}

function contained(periods: readonly string[]): string {
  const [first, last] = [periods[0], periods.at(-1)];
  return first === undefined
    ? "No value was read from the files. `almanac parse FEED FILE` prints their problems."
    : `The files contain ${first} to ${last}.`;
}
