/**
 * Which forecasts there are, as the hub writes it to KV. An isolate reads the list at most once in `freshMs`, so that requests for
 * unknown names cost no reads.
 */
import { listOf, objectOf, text } from "../../shared/lib/validate-json.ts";
import { forecastsKey } from "../../shared/registry/keys.ts";
import { readSnapshotJson } from "./read-snapshot-json.ts";

export interface ListEffects {
  /** Reads a value of KV; null where there is none. May throw. */
  readText(key: string): Promise<string | null>;
  waitUntil(work: Promise<unknown>): void;
  nowMs(): number;
  log(text: string): void;
}

/** A list this old is read again. */
const freshMs = 30_000;
/** A read that failed is repeated this much later. */
const retryMs = 2_000;

const listShape = objectOf<{ readonly ids: readonly string[] }>({ ids: listOf(text) });

export class ForecastList {
  /** Null until the list was read. */
  #ids: readonly string[] | null = null;
  #reason = "it was not read yet";
  #dueMs = 0;
  #reading: Promise<void> | null = null;

  /** Returns the list where nothing has to be read for it; else null. */
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

  /** Returns the list, read again where it is due; the last one where that fails, and null where there is none. */
  async current(effects: ListEffects): Promise<readonly string[] | null> {
    if (effects.nowMs() >= this.#dueMs) await this.#refresh(effects);
    return this.#ids;
  }

  /** Reads the list once for all who ask at the same time. Never rejects. */
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
      this.#reason = error instanceof Error ? error.message : String(error);
      effects.log(`forecasts: ${this.#reason}`);
      this.#dueMs = effects.nowMs() + retryMs;
    }
  }
}
