/**
 * What this isolate answers from, one snapshot a forecast, kept fresh behind the answers.
 *
 * A snapshot is replaced as a whole: card, model and history in one assignment, so that a request which took one never
 * sees half of another. What cannot be refreshed keeps serving and says so.
 */
import { type ChampionPointer, championPointerShape } from "../../shared/api/champion.ts";
import { historyShape } from "../../shared/api/history.ts";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import { fingerprintsOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { type Shape, shaped } from "../../shared/lib/validate-json.ts";
import { loadElsewhere } from "../../shared/predict/load-elsewhere.ts";
import { type LoadedModel, loadModel, type ModelParts, type ServedModel } from "../../shared/predict/load-model.ts";
import { buildOutlook, buildSnapshot, type Outlook, type Snapshot } from "../../shared/predict/snapshot.ts";
import { type ArtefactName, championKey } from "../../shared/registry/keys.ts";

export interface ArtefactAddress {
  readonly forecast: string;
  readonly version: string;
  readonly name: ArtefactName;
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

export type Current =
  | ({ readonly ok: true } & Served)
  /** Nothing can be served, and why. */
  | { readonly ok: false; readonly reason: string; readonly retrySeconds: number };

/** A snapshot this old is refreshed behind the answer. */
export const freshMs = 30_000;
/** After a failure it is tried again this much later. */
export const retryMs = 2_000;
/** A load that takes longer is given up: the request that began it may be gone, and its reads with it. */
const loadMaxMs = 20_000;

interface Past {
  readonly historyText: string;
  readonly historyDigest: string;
  readonly outlook: Outlook;
}

interface Held extends Served {
  readonly ok: true;
  readonly past: Past;
  readonly dueMs: number;
}

interface Load {
  readonly done: Promise<void>;
  readonly sinceMs: number;
}

export class SnapshotStore {
  readonly #forecast: Forecast;
  #held: Held | null = null;
  #failed: { readonly reason: string; readonly untilMs: number } | null = null;
  #load: Load | null = null;

  constructor(forecast: Forecast) {
    this.#forecast = forecast;
  }

  /** What to answer from where there is nothing to do before or behind it; else null. */
  fresh(nowMs: number): Current | null {
    return this.#held !== null && nowMs < this.#held.dueMs ? this.#held : null;
  }

  /** What to answer from. Waits only where there is nothing yet. */
  async current(effects: StoreEffects): Promise<Current> {
    const nowMs = effects.nowMs();
    if (this.#held !== null) {
      // Who finds a refresh under way answers and is done: its own end must not hang on another request's promise.
      if (nowMs >= this.#held.dueMs && !this.#isLoading(nowMs)) this.#refresh(effects);
      return this.#held;
    }
    if (this.#failed === null || nowMs >= this.#failed.untilMs) {
      // Reads that belong to a request which was broken off may never end.
      await Promise.race([this.#refresh(effects), effects.wait(loadMaxMs)]);
    }
    return this.#loaded();
  }

  /** What a load has brought. */
  #loaded(): Current {
    if (this.#held !== null) return this.#held;
    const reason = this.#failed?.reason ?? "it takes too long to load";
    return { ok: false, reason, retrySeconds: Math.ceil(retryMs / 1000) };
  }

  /** One at a time, whoever asks. Never rejects. */
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
      // Another load may have been quicker with something newer.
      if (next.snapshot.model.number < (this.#held?.snapshot.model.number ?? 0)) return;
      this.#held = next;
      this.#failed = null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const untilMs = effects.nowMs() + retryMs;
      effects.log(`snapshot ${this.#forecast.id}: ${reason}`);
      if (this.#held !== null) this.#held = { ...this.#held, stale: true, dueMs: untilMs };
      this.#failed = { reason, untilMs };
    }
  }

  async #next(effects: StoreEffects): Promise<Held> {
    const { id } = this.#forecast;
    const [pointerText, historyText] = await Promise.all([
      effects.readText(championKey(id)),
      effects.readText(historyKey(id)),
    ]);
    if (pointerText === null) throw new Error("no model serves yet: train one, or promote one");
    if (historyText === null) throw new Error("there is no history yet: ingest a publication");
    const pointer = readJson(championPointerShape, pointerText, "champion pointer");
    const held = this.#held;
    const dueMs = effects.nowMs() + freshMs;
    // Features are computed while the files are on their way.
    const [model, past] = await Promise.all([this.#modelFor(pointer, effects), this.#pastOf(historyText, effects)]);
    if (held !== null && held.snapshot.model === model && held.past === past) return { ...held, stale: false, dueMs };
    const snapshot = buildSnapshot({ forecast: this.#forecast, model, ...past });
    return { ok: true, snapshot, past, stale: false, dueMs };
  }

  /** The model of a pointer; the one that is held where the pointer names it, or is older. */
  async #modelFor(pointer: ChampionPointer, effects: StoreEffects): Promise<ServedModel> {
    const forecast = this.#forecast;
    const held = this.#held?.snapshot.model;
    if (held && pointer.number <= held.number) return held;
    if (pointer.forecast !== forecast.id) throw new Error(`the champion pointer is for forecast ${pointer.forecast}`);
    const { version, model, card } = pointer;
    const [bytes, cardBytes] = await Promise.all([
      effects.readArtefact({ forecast: forecast.id, version, name: "model.onnx", sha256: model.sha256 }),
      effects.readArtefact({ forecast: forecast.id, version, name: "card.json", sha256: card.sha256 }),
    ]);
    const cardText = new TextDecoder().decode(cardBytes);
    const loaded = await load({ forecast, pointer, fingerprints: fingerprintsOf(forecast), bytes, cardText }, effects);
    if (!loaded.ok) throw new Error(`version ${version} cannot serve: ${loaded.reason}`);
    return loaded.model;
  }

  /** What a history's text says; what is held where it is the same text. */
  async #pastOf(historyText: string, effects: StoreEffects): Promise<Past> {
    const held = this.#held?.past;
    if (held?.historyText === historyText) return held;
    const built = buildOutlook(this.#forecast, readJson(historyShape, historyText, "history"));
    if (!built.ok) throw new Error(built.reason);
    const historyDigest = await effects.digest(bytesOf(historyText));
    return { historyText, historyDigest, outlook: built.outlook };
  }
}

/** By our engine where it can, else by the onnx Worker. */
async function load(parts: ModelParts, { onnx = null, allElsewhere = null }: StoreEffects): Promise<LoadedModel> {
  if (allElsewhere !== null) return loadElsewhere(parts, { runner: onnx, why: allElsewhere });
  const here = loadModel(parts);
  return here.ok || !here.isOutside ? here : loadElsewhere(parts, { runner: onnx, why: here.reason });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function readJson<T>(shape: Shape<T>, text: string, what: string): T {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below: what is no JSON has no shape either.
  }
  const read = shaped(shape, json);
  if (!read.ok) throw new Error(`the ${what} in KV cannot be read: ${read.reason}`);
  return read.value;
}
