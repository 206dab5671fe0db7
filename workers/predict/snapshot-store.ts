/**
 * The snapshot of one forecast in this isolate. It is refreshed in the background.
 *
 * A snapshot is replaced in one assignment (description, model and history), so that a request never mixes two
 * snapshots. A snapshot that cannot be refreshed continues to serve and is marked stale.
 */

import { type ChampionPointer, championPointerShape, type ServableVersion } from "../../shared/api/champion.ts";
import { historyShape } from "../../shared/api/history.ts";
import { isOverdue } from "../../shared/forecasts/overdue.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { messageOf } from "../../shared/lib/error-reason.ts";
import { failure, type Result, type Success, success } from "../../shared/lib/result.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import type { FallbackNote, ServedModel } from "../../shared/predict/load-model.ts";
import type { ServedDescription } from "../../shared/predict/read-served.ts";
import { buildOutlook, buildSnapshot, type Outlook, type Snapshot } from "../../shared/predict/snapshot.ts";
import { championKey } from "../../shared/registry/keys.ts";
import { ChampionWatch, type Loaded } from "./champion-watch.ts";
import { loadVersion } from "./load-version.ts";
import { readSnapshotJson } from "./read-snapshot-json.ts";
import type { StoreEffects } from "./store-effects.ts";

export interface Served {
  readonly snapshot: Snapshot;
  /** True if the last refresh failed: there may be newer data. */
  readonly stale: boolean;
}

/** Why nothing can be served, and when to retry. */
export interface NothingServed {
  readonly reason: string;
  readonly retrySeconds: number;
}

export type Current = Result<Served, NothingServed>;

/** Age from which a snapshot is refreshed in the background. */
export const freshMs = 30_000;
/** Time after which a failed refresh is retried. */
export const retryMs = 2_000;
/** A request for the newest snapshot reads KV again, unless it was read less than this time ago. */
export const newestMs = 1_000;
/** Time after which a load is abandoned: the request that began it may be aborted, and its reads with it. */
const loadMaxMs = 20_000;

/** A history and the outlook that was computed from it for one declaration. */
interface LoadedHistory {
  readonly text: string;
  readonly digest: string;
  /** The history's number, which only increases; 0 for a history from before they were numbered. */
  readonly number: number;
  /** JSON of the outlook's declaration. */
  readonly declaration: string;
  readonly outlook: Outlook;
}

interface LoadedSnapshot {
  readonly served: Success<Served>;
  readonly history: LoadedHistory;
  readonly dueMs: number;
}

interface Load {
  readonly done: Promise<void>;
  readonly sinceMs: number;
}

export class SnapshotStore {
  readonly #forecast: string;
  readonly #watch = new ChampionWatch();
  #loaded: LoadedSnapshot | null = null;
  #failed: { readonly reason: string; readonly untilMs: number } | null = null;
  #load: Load | null = null;
  /** Time of the last read of KV. */
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(forecast: string) {
    this.#forecast = forecast;
  }

  /** Returns the snapshot if it is fresh, else null. */
  fresh(nowMs: number): LoadedSnapshot["served"] | null {
    return this.#loaded !== null && nowMs < this.#loaded.dueMs ? this.#loaded.served : null;
  }

  /** Returns the snapshot, and refreshes it in the background if it is due. Waits only if nothing is loaded yet. */
  async current(effects: StoreEffects): Promise<Current> {
    const nowMs = effects.nowMs();
    if (this.#loaded !== null) {
      // A request does not wait for a running refresh: it must not depend on another request's promise.
      if (nowMs >= this.#loaded.dueMs && !this.#isLoading(nowMs)) this.#refresh(effects);
      return this.#loaded.served;
    }
    if (this.#failed === null || nowMs >= this.#failed.untilMs) {
      // Reads of an aborted request may never end.
      await Promise.race([this.#refresh(effects), effects.wait(loadMaxMs)]);
    }
    return this.#loadedOrReason();
  }

  /** Returns the snapshot after waiting for a refresh, for a caller that waits until a change is visible. */
  async newest(effects: StoreEffects): Promise<Current> {
    const nowMs = effects.nowMs();
    const isDue = nowMs - this.#readMs >= newestMs || this.#isLoading(nowMs);
    if (this.#loaded !== null && isDue) await Promise.race([this.#refresh(effects), effects.wait(loadMaxMs)]);
    return this.current(effects);
  }

  #loadedOrReason(): Current {
    if (this.#loaded !== null) return this.#loaded.served;
    const reason = this.#failed?.reason ?? "it takes too long to load";
    return failure({ reason, retrySeconds: Math.ceil(retryMs / 1000) });
  }

  /** Runs one refresh at a time. Never rejects. */
  #refresh(effects: StoreEffects): Promise<void> {
    const nowMs = effects.nowMs();
    if (this.#load !== null && this.#isLoading(nowMs)) return this.#load.done;
    this.#readMs = nowMs;
    const load: Load = { sinceMs: nowMs, done: this.#attempt(effects).finally(() => this.#end(load)) };
    this.#load = load;
    // Other requests may wait for it after the request that began it has ended.
    effects.waitUntil(load.done);
    return load.done;
  }

  #isLoading(nowMs: number): boolean {
    return this.#load !== null && nowMs - this.#load.sinceMs < loadMaxMs;
  }

  #end(load: Load): void {
    if (this.#load === load) this.#load = null;
  }

  async #attempt(effects: StoreEffects): Promise<void> {
    try {
      const next = await this.#next(effects);
      // Another load may have ended earlier with a newer snapshot.
      if (this.#loaded !== null && isOlder(next, this.#loaded)) return;
      this.#loaded = next;
      this.#failed = null;
    } catch (error) {
      const reason = messageOf(error);
      const untilMs = effects.nowMs() + retryMs;
      effects.log(`snapshot ${this.#forecast}: ${reason}`);
      if (this.#loaded !== null) {
        const served = success({ ...this.#loaded.served.value, stale: true });
        this.#loaded = { ...this.#loaded, served, dueMs: untilMs };
      }
      this.#failed = { reason, untilMs };
    }
  }

  async #next(effects: StoreEffects): Promise<LoadedSnapshot> {
    const id = this.#forecast;
    const nowMs = effects.nowMs();
    const [pointerText, historyText] = await Promise.all([
      effects.readText(championKey(id)),
      effects.readText(historyKey(id)),
    ]);
    if (pointerText === null) throw new Error("no model serves yet: train or promote one");
    if (historyText === null) throw new Error("there is no history yet: ingest a publication");
    const pointer = readSnapshotJson(championPointerShape, pointerText, "champion pointer");
    const loaded = this.#loaded;
    const { model, history } = await this.#reload(pointer, historyText, effects);
    // The champion is tried again soon while another version serves instead.
    const dueMs = nowMs + (model.fallback ? retryMs : freshMs);
    const previous = loaded?.served.value.snapshot;
    const today = new Date(nowMs).toISOString().slice(0, 10);
    const isLate = isOverdue(history.outlook.end, today);
    const reused =
      previous?.model === model && loaded?.history === history && previous.isOverdue === isLate ? previous : null;
    const snapshot =
      reused ??
      buildSnapshot({
        model,
        outlook: history.outlook,
        historyDigest: history.digest,
        historyNumber: history.number,
        isOverdue: isLate,
      });
    return { served: success({ snapshot, stale: false }), history, dueMs };
  }

  /** Loads the model of a pointer and the history. Reuses a loaded model or history that is the same or newer. */
  async #reload(pointer: ChampionPointer, historyText: string, effects: StoreEffects): Promise<ModelAndHistory> {
    const loaded = this.#loaded?.served.value.snapshot.model;
    if (loaded && !loaded.fallback && !isNewer(pointer, loaded)) {
      return { model: withDecision(loaded, pointer), history: await this.#historyFor(loaded, historyText, effects) };
    }
    const { version, number, at, served, fallbacks = [] } = pointer;
    if (pointer.forecast !== this.#forecast)
      throw new Error(`the champion pointer is for forecast ${pointer.forecast}`);
    try {
      if (served === undefined) throw new Error(`the champion pointer of ${version} ${oldPointer}`);
      const found = await this.#loadVersion({ ...pointer, served }, { number, historyText }, effects);
      this.#report({ number, champion: version, served: version, reason: null }, effects);
      return { ...found, model: { ...found.model, since: pointer.at, decision: pointer.decision } };
    } catch (error) {
      // An earlier served.json of the champion continues to serve; it is better than another version.
      if (loaded?.card.version === version) throw error;
      const note = { champion: version, reason: messageOf(error) };
      const fallback = await this.#loadFallback(fallbacks, { number, historyText, note, at }, effects);
      const instead = (fallback?.model ?? loaded)?.card.version ?? null;
      this.#report({ number, champion: version, served: instead, reason: note.reason }, effects);
      if (fallback === null) throw error;
      effects.log(
        `snapshot ${this.#forecast}: ${fallback.model.card.version} serves instead of ${version}: ${note.reason}`,
      );
      return fallback;
    }
  }

  /** Reports in the background, because no answer waits for it. */
  #report(found: Loaded, effects: StoreEffects): void {
    if (effects.report === undefined || !this.#watch.isNews(found, effects.nowMs())) return;
    effects.waitUntil(effects.report({ forecast: this.#forecast, ...found }));
  }

  /** Loads the first version that can be loaded; null if none can. */
  async #loadFallback(
    versions: readonly ServableVersion[],
    { number, historyText, note, at }: Wanted & { readonly note: FallbackNote; readonly at: string },
    effects: StoreEffects,
  ): Promise<ModelAndHistory | null> {
    const loaded = this.#loaded?.served.value.snapshot.model;
    for (const fallback of versions) {
      try {
        const isLoaded = loaded?.card.version === fallback.version && loaded.servedNumber === fallback.served.number;
        const found = isLoaded
          ? { model: loaded, history: await this.#historyFor(loaded, historyText, effects) }
          : await this.#loadVersion(fallback, { number, historyText }, effects);
        const isSame = loaded?.number === number && loaded.fallback?.reason === note.reason && isLoaded;
        return isSame ? found : { ...found, model: { ...found.model, number, since: at, fallback: note } };
      } catch (error) {
        effects.log(`snapshot ${this.#forecast}: fallback ${messageOf(error)}`);
      }
    }
    return null;
  }

  /** Loads one version and the history that it reads. Throws if the version cannot serve. */
  #loadVersion(
    version: ServableVersion,
    { number, historyText }: Wanted,
    effects: StoreEffects,
  ): Promise<ModelAndHistory> {
    const historyFor = (description: ServedDescription) => this.#historyFor(description, historyText, effects);
    return loadVersion({ ...version, forecast: this.#forecast, number }, { ...effects, historyFor });
  }

  /** Reads a history for a declaration. Reuses the loaded history if the text is the same or older and the declaration is the same. */
  async #historyFor(
    { forecast }: Pick<ServedDescription, "forecast">,
    text: string,
    effects: StoreEffects,
  ): Promise<LoadedHistory> {
    const loaded = this.#loaded?.history;
    const declaration = JSON.stringify(forecast);
    const isSameDeclaration = loaded?.declaration === declaration;
    if (loaded?.text === text && isSameDeclaration) return loaded;
    const history = readSnapshotJson(historyShape, text, "history");
    const number = history.number ?? 0;
    if (loaded && number < loaded.number) {
      return isSameDeclaration ? loaded : this.#historyFor({ forecast }, loaded.text, effects);
    }
    if (history.periods.length === 0) throw new Error("the history is empty: ingest a publication");
    const built = buildOutlook(forecast, history);
    if (!built.ok) throw new Error(built.error);
    return { text, digest: await effects.digest(encodeUtf8(text)), number, declaration, outlook: built.value };
  }
}

interface Wanted {
  /** Number of the champion change. */
  readonly number: number;
  readonly historyText: string;
}

interface ModelAndHistory {
  readonly model: ServedModel;
  readonly history: LoadedHistory;
}

const oldPointer =
  "names no served.json, because an earlier version of the hub wrote it; run the upkeep of the current hub, which rewrites it";

/** Returns whether a pointer has a later champion change than the serving model, or a later served.json of the same change. */
function isNewer(
  { number, served }: Pick<ChampionPointer, "number" | "served">,
  model: Pick<ServedModel, "number" | "servedNumber">,
): boolean {
  return number > model.number || (number === model.number && (served?.number ?? 0) > model.servedNumber);
}

/** Returns the model with the newest description of the decision, which changes when a newer model is refused. */
function withDecision(model: ServedModel, { number, decision }: ChampionPointer): ServedModel {
  return number !== model.number || decision === model.decision ? model : { ...model, decision };
}

function isOlder(next: LoadedSnapshot, current: LoadedSnapshot): boolean {
  const [nextModel, currentModel] = [next.served.value.snapshot.model, current.served.value.snapshot.model];
  if (nextModel.number !== currentModel.number) return nextModel.number < currentModel.number;
  if (nextModel.card.version !== currentModel.card.version) return currentModel.fallback === undefined;
  return nextModel.servedNumber < currentModel.servedNumber || next.history.number < current.history.number;
}
