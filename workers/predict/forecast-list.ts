/**
 * The list of forecasts, which the hub writes to KV. An isolate reads it at most once per `freshMs`, so that requests for
 * unknown names cause no reads.
 */
import { messageOf } from "../../shared/lib/error-reason.ts";
import { listOf, objectOf, text } from "../../shared/lib/validate-json.ts";
import { forecastsKey } from "../../shared/registry/keys.ts";
import { readSnapshotJson } from "./read-snapshot-json.ts";

export interface ListEffects {
  /** Reads a value of KV; null if the key is missing. May throw. */
  readText(key: string): Promise<string | null>;
  waitUntil(work: Promise<unknown>): void;
  nowMs(): number;
  log(text: string): void;
}

/** Age from which the list is read again. */
const freshMs = 30_000;
/** Time after which a failed read is retried. */
const retryMs = 2_000;

const listShape = objectOf<{ readonly ids: readonly string[] }>({ ids: listOf(text) });

export class ForecastList {
  /** Null until the list was read. */
  #ids: readonly string[] | null = null;
  #reason = "it has not been read yet";
  #dueMs = 0;
  #reading: Promise<void> | null = null;

  /** Returns the list if it is fresh, else null. */
  fresh(nowMs: number): readonly string[] | null {
    return nowMs < this.#dueMs ? this.#ids : null;
  }

  /** Why the last read failed. */
  get reason(): string {
    return this.#reason;
  }

  get isUnread(): boolean {
    return this.#ids === null;
  }

  /** Returns whether the list that was read last contains a forecast. */
  contains(id: string): boolean {
    return this.#ids?.includes(id) ?? false;
  }

  /** Returns the list, and reads it first if it is due. Returns the last list if reading fails, null if there is none. */
  async current(effects: ListEffects): Promise<readonly string[] | null> {
    if (effects.nowMs() >= this.#dueMs) await this.#refresh(effects);
    return this.#ids;
  }

  /** Reads the list once for simultaneous requests. Never rejects. */
  #refresh(effects: ListEffects): Promise<void> {
    this.#reading ??= this.#read(effects).finally(() => {
      this.#reading = null;
    });
    effects.waitUntil(this.#reading);
    return this.#reading;
  }

  async #read(effects: ListEffects): Promise<void> {
    try {
      const found = await effects.readText(forecastsKey);
      if (found === null) throw new Error(`KV has no key "${forecastsKey}", which the hub's upkeep writes`);
      this.#ids = readSnapshotJson(listShape, found, "list of forecasts").ids;
      this.#dueMs = effects.nowMs() + freshMs;
    } catch (error) {
      this.#reason = messageOf(error);
      effects.log(`forecasts: ${this.#reason}`);
      this.#dueMs = effects.nowMs() + retryMs;
    }
  }
}
