/**
 * What this isolate answers one forecast from. It is refreshed behind the answers.
 *
 * A snapshot is replaced as a whole (description, model and history in one assignment), so that a request never sees parts of two
 * snapshots. A snapshot that cannot be refreshed goes on serving and says that it is stale.
 */
import { type ChampionPointer, championPointerShape } from "../../shared/api/champion.ts";
import { historyShape } from "../../shared/api/history.ts";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";
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

/** What a store needs from outside. */
export interface StoreEffects {
  /** A value of KV; null where there is none. May throw. */
  readText(key: string): Promise<string | null>;
  /** An artefact with exactly this digest. Throws where there is no such. */
  readArtefact(address: ArtefactAddress): Promise<Uint8Array>;
  digest(bytes: Uint8Array): Promise<string>;
  /** Runs what our engine does not know. */
  readonly onnx?: OnnxRunner | null;
  /** Why every model runs there; null where our engine runs what it knows. */
  readonly allElsewhere?: string | null;
  /** Keeps the isolate working on something after the answer is sent. */
  waitUntil(work: Promise<unknown>): void;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  log(text: string): void;
}

export interface Served {
  readonly snapshot: Snapshot;
  /** The last refresh failed: there may be something newer. */
  readonly stale: boolean;
}

/** Why nothing can be served, and when to ask again. */
export interface NothingServed {
  readonly reason: string;
  readonly retrySeconds: number;
}

export type Current = Result<Served, NothingServed>;

/** A snapshot this old is refreshed behind the answer. */
export const freshMs = 30_000;
/** After a failure it is tried again this much later. */
export const retryMs = 2_000;
/** A load that takes longer is given up: the request that began it may be gone, and its reads with it. */
const loadMaxMs = 20_000;

/** A history and what was computed from it for one declaration. */
interface LoadedHistory {
  readonly text: string;
  readonly digest: string;
  /** Numbers of histories only grow; 0 in a history from before they were numbered. */
  readonly number: number;
  /** JSON of the declaration that the outlook was built for. */
  readonly declaration: string;
  readonly outlook: Outlook;
}

interface Held {
  readonly served: { readonly ok: true; readonly value: Served };
  readonly history: LoadedHistory;
  readonly dueMs: number;
}

interface Load {
  readonly done: Promise<void>;
  readonly sinceMs: number;
}

export class SnapshotStore {
  readonly #forecast: string;
  #held: Held | null = null;
  #failed: { readonly reason: string; readonly untilMs: number } | null = null;
  #load: Load | null = null;

  constructor(forecast: string) {
    this.#forecast = forecast;
  }

  /** Returns what to answer from where nothing has to be done before or behind the answer; else null. */
  fresh(nowMs: number): Held["served"] | null {
    return this.#held !== null && nowMs < this.#held.dueMs ? this.#held.served : null;
  }

  /** Returns what to answer from. Waits only where nothing was loaded yet. */
  async current(effects: StoreEffects): Promise<Current> {
    const nowMs = effects.nowMs();
    if (this.#held !== null) {
      // A request that finds a refresh under way does not wait for it: it must not depend on another request's promise.
      if (nowMs >= this.#held.dueMs && !this.#isLoading(nowMs)) this.#refresh(effects);
      return this.#held.served;
    }
    if (this.#failed === null || nowMs >= this.#failed.untilMs) {
      // Reads that belong to a request which was broken off may never end.
      await Promise.race([this.#refresh(effects), effects.wait(loadMaxMs)]);
    }
    return this.#loaded();
  }

  #loaded(): Current {
    if (this.#held !== null) return this.#held.served;
    const reason = this.#failed?.reason ?? "it takes too long to load";
    return failure({ reason, retrySeconds: Math.ceil(retryMs / 1000) });
  }

  /** Runs one refresh at a time. Never rejects. */
  #refresh(effects: StoreEffects): Promise<void> {
    const nowMs = effects.nowMs();
    if (this.#load !== null && this.#isLoading(nowMs)) return this.#load.done;
    const load: Load = { sinceMs: nowMs, done: this.#attempt(effects).finally(() => this.#end(load)) };
    this.#load = load;
    // Others may wait for it when the request that began it has ended.
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
      // Another load may have ended earlier with something newer.
      if (this.#held !== null && isOlder(next, this.#held)) return;
      this.#held = next;
      this.#failed = null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const untilMs = effects.nowMs() + retryMs;
      effects.log(`snapshot ${this.#forecast}: ${reason}`);
      if (this.#held !== null) {
        const served = success({ ...this.#held.served.value, stale: true });
        this.#held = { ...this.#held, served, dueMs: untilMs };
      }
      this.#failed = { reason, untilMs };
    }
  }

  async #next(effects: StoreEffects): Promise<Held> {
    const id = this.#forecast;
    const [pointerText, historyText] = await Promise.all([
      effects.readText(championKey(id)),
      effects.readText(historyKey(id)),
    ]);
    if (pointerText === null) throw new Error("no model serves yet: train one, or promote one");
    if (historyText === null) throw new Error("there is no history yet: ingest a publication");
    const pointer = readSnapshotJson(championPointerShape, pointerText, "champion pointer");
    const held = this.#held;
    const dueMs = effects.nowMs() + freshMs;
    const { model, history } = await this.#reload(pointer, historyText, effects);
    const before = held?.served.value.snapshot;
    const isSame = before !== undefined && before.model === model && held?.history === history;
    const snapshot = isSame
      ? before
      : buildSnapshot({ model, outlook: history.outlook, historyDigest: history.digest });
    return { served: success({ snapshot, stale: false }), history, dueMs };
  }

  /** Loads the model of a pointer and the history. Returns what is held already where that is the same, or newer. */
  async #reload(pointer: ChampionPointer, historyText: string, effects: StoreEffects): Promise<Loaded> {
    const held = this.#held?.served.value.snapshot.model;
    if (held && !isNewer(pointer, held)) {
      return { model: held, history: await this.#historyFor(held, historyText, effects) };
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
      // Features are prepared while the model is on its way.
      describing.then((one) => this.#historyFor(one, historyText, effects)),
    ]);
    const numbers = { number: pointer.number, servedNumber: served.number };
    const loaded = await load({ description, bytes, ...numbers }, effects);
    if (!loaded.ok) throw new Error(`version ${version} cannot serve: ${loaded.error}`);
    return { model: loaded.value, history };
  }

  /** Reads a history for a declaration. Returns the held one where the text is the same or older, and the declaration the same. */
  async #historyFor(
    { forecast }: Pick<ServedDescription, "forecast">,
    text: string,
    effects: StoreEffects,
  ): Promise<LoadedHistory> {
    const held = this.#held?.history;
    const declaration = JSON.stringify(forecast);
    const isSameDeclaration = held?.declaration === declaration;
    if (held?.text === text && isSameDeclaration) return held;
    const history = readSnapshotJson(historyShape, text, "history");
    const number = history.number ?? 0;
    if (held && number < held.number) {
      return isSameDeclaration ? held : this.#historyFor({ forecast }, held.text, effects);
    }
    const built = buildOutlook(forecast, history);
    if (!built.ok) throw new Error(built.error);
    return { text, digest: await effects.digest(bytesOf(text)), number, declaration, outlook: built.value };
  }
}

interface Loaded {
  readonly model: ServedModel;
  readonly history: LoadedHistory;
}

const oldPointer =
  "names no served.json: it was written by an earlier version of the hub; run the upkeep of this version, which rewrites it";

/** Whether a pointer names a later change of champion than the model that serves, or a later served.json of the same change. */
function isNewer(
  { number, served }: Pick<ChampionPointer, "number" | "served">,
  model: Pick<ServedModel, "number" | "servedNumber">,
): boolean {
  return number > model.number || (number === model.number && (served?.number ?? 0) > model.servedNumber);
}

function isOlder(a: Held, b: Held): boolean {
  const [next, held] = [a.served.value.snapshot.model, b.served.value.snapshot.model];
  if (next.number !== held.number) return next.number < held.number;
  return next.servedNumber < held.servedNumber || a.history.number < b.history.number;
}

/** Loads a model in our engine where that can run it, else on the onnx Worker. */
async function load(
  parts: ModelParts,
  { onnx: runner = null, allElsewhere = null }: StoreEffects,
): Promise<Result<ServedModel>> {
  if (allElsewhere !== null) return loadOnOnnxWorker(parts, { runner, why: allElsewhere });
  const loaded = loadModel(parts);
  if (loaded.ok) return loaded;
  const { reason, isOutside } = loaded.error;
  return isOutside ? loadOnOnnxWorker(parts, { runner, why: reason }) : failure(reason);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
