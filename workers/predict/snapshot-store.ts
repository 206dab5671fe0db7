/**
 * The snapshot of one forecast in this isolate. It is refreshed in the background.
 *
 * A snapshot is replaced in one assignment (description, model and history), so that a request never mixes two
 * snapshots. A snapshot that cannot be refreshed continues to serve and is marked stale.
 */

import { type ChampionPointer, championPointerShape } from "../../shared/api/champion.ts";
import { historyShape } from "../../shared/api/history.ts";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { failure, type Result, type Success, success } from "../../shared/lib/result.ts";
import { loadModel, type ModelParts, type ServedModel } from "../../shared/predict/load-model.ts";
import { loadOnOnnxWorker } from "../../shared/predict/load-on-onnx-worker.ts";
import { readServed, type ServedDescription } from "../../shared/predict/read-served.ts";
import { buildOutlook, buildSnapshot, type Outlook, type Snapshot } from "../../shared/predict/snapshot.ts";
import { championKey } from "../../shared/registry/keys.ts";
import { readSnapshotJson } from "./read-snapshot-json.ts";

export interface ArtefactAddress {
  readonly forecast: string;
  readonly version: string;
  readonly name: "model.onnx" | "served.json";
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
}

/** The effects of a store. */
export interface StoreEffects {
  /** Reads a value of KV; null if the key is missing. May throw. */
  readText(key: string): Promise<string | null>;
  /** Reads the artefact with this digest. Throws if there is none. */
  readArtefact(address: ArtefactAddress): Promise<Uint8Array>;
  digest(bytes: Uint8Array): Promise<string>;
  /** Runs the models that the built-in engine cannot run. */
  readonly onnx?: OnnxRunner | null;
  /** Why every model runs on the onnx Worker; null if the built-in engine runs the models that it can. */
  readonly onnxOnlyReason?: string | null;
  /** Lets the isolate continue some work after the answer was sent. */
  waitUntil(work: Promise<unknown>): void;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  log(text: string): void;
}

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
  #loaded: LoadedSnapshot | null = null;
  #failed: { readonly reason: string; readonly untilMs: number } | null = null;
  #load: Load | null = null;

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

  #loadedOrReason(): Current {
    if (this.#loaded !== null) return this.#loaded.served;
    const reason = this.#failed?.reason ?? "it takes too long to load";
    return failure({ reason, retrySeconds: Math.ceil(retryMs / 1000) });
  }

  /** Runs one refresh at a time. Never rejects. */
  #refresh(effects: StoreEffects): Promise<void> {
    const nowMs = effects.nowMs();
    if (this.#load !== null && this.#isLoading(nowMs)) return this.#load.done;
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
      const reason = error instanceof Error ? error.message : String(error);
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
    const [pointerText, historyText] = await Promise.all([
      effects.readText(championKey(id)),
      effects.readText(historyKey(id)),
    ]);
    if (pointerText === null) throw new Error("no model serves yet: train or promote one");
    if (historyText === null) throw new Error("there is no history yet: ingest a publication");
    const pointer = readSnapshotJson(championPointerShape, pointerText, "champion pointer");
    const loaded = this.#loaded;
    const dueMs = effects.nowMs() + freshMs;
    const { model, history } = await this.#reload(pointer, historyText, effects);
    const previous = loaded?.served.value.snapshot;
    const isSame = previous !== undefined && previous.model === model && loaded?.history === history;
    const snapshot = isSame
      ? previous
      : buildSnapshot({ model, outlook: history.outlook, historyDigest: history.digest });
    return { served: success({ snapshot, stale: false }), history, dueMs };
  }

  /** Loads the model of a pointer and the history. Reuses a loaded model or history that is the same or newer. */
  async #reload(pointer: ChampionPointer, historyText: string, effects: StoreEffects): Promise<ModelAndHistory> {
    const loadedModel = this.#loaded?.served.value.snapshot.model;
    if (loadedModel && !isNewer(pointer, loadedModel)) {
      return { model: loadedModel, history: await this.#historyFor(loadedModel, historyText, effects) };
    }
    const { version, model, served } = pointer;
    const forecast = this.#forecast;
    if (pointer.forecast !== forecast) throw new Error(`the champion pointer is for forecast ${pointer.forecast}`);
    if (served === undefined) throw new Error(`the champion pointer of ${version} ${oldPointer}`);
    const reading = effects.readArtefact({ forecast, version, name: "served.json", sha256: served.sha256 });
    const describing = reading.then((bytes) => {
      const description = readServed(new TextDecoder().decode(bytes));
      if (!description.ok) throw new Error(`version ${version} cannot serve: ${description.error}`);
      return description.value;
    });
    const [bytes, description, history] = await Promise.all([
      effects.readArtefact({ forecast, version, name: "model.onnx", sha256: model.sha256 }),
      describing,
      // The outlook is built while the model is read.
      describing.then((description) => this.#historyFor(description, historyText, effects)),
    ]);
    const numbers = { number: pointer.number, servedNumber: served.number };
    const loaded = await load({ description, bytes, ...numbers }, effects);
    if (!loaded.ok) throw new Error(`version ${version} cannot serve: ${loaded.error}`);
    return { model: loaded.value, history };
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
    return { text, digest: await effects.digest(bytesOf(text)), number, declaration, outlook: built.value };
  }
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

function isOlder(next: LoadedSnapshot, current: LoadedSnapshot): boolean {
  const [nextModel, currentModel] = [next.served.value.snapshot.model, current.served.value.snapshot.model];
  if (nextModel.number !== currentModel.number) return nextModel.number < currentModel.number;
  return nextModel.servedNumber < currentModel.servedNumber || next.history.number < current.history.number;
}

/** Loads a model in the built-in engine if that can run it, else on the onnx Worker. */
async function load(
  parts: ModelParts,
  { onnx: runner = null, onnxOnlyReason = null }: StoreEffects,
): Promise<Result<ServedModel>> {
  if (onnxOnlyReason !== null) return loadOnOnnxWorker(parts, { runner, why: onnxOnlyReason });
  const loaded = loadModel(parts);
  if (loaded.ok) return loaded;
  const { reason, isOutside } = loaded.error;
  return isOutside ? loadOnOnnxWorker(parts, { runner, why: reason }) : failure(reason);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
