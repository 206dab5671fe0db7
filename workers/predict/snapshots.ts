/** The snapshots of this isolate, with one store per forecast, and the list of forecasts. */
import { failure, type Result } from "../../shared/lib/result.ts";
import { ForecastList } from "./forecast-list.ts";
import { type Current, retryMs, type Served, SnapshotStore } from "./snapshot-store.ts";
import type { StoreEffects } from "./store-effects.ts";

/** Why a call has no snapshot. */
export type Unserved =
  | { readonly kind: "unknown"; readonly forecast: string; readonly forecasts: readonly string[] }
  | {
      readonly kind: "unavailable";
      /** Null if the call names none and the list of forecasts is not available. */
      readonly forecast: string | null;
      readonly reason: string;
      readonly retrySeconds: number;
    };

/** Names that do not match are not looked up. */
const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Maximum number of names that are looked up by their pointers while the list cannot be read. */
const unlistedMax = 20;

export class Snapshots {
  readonly #list = new ForecastList();
  readonly #stores = new Map<string, SnapshotStore>();

  /** Returns the snapshot of a forecast if it is fresh, else null. */
  fresh(forecast: string | null, nowMs: number): Result<Served, never> | null {
    const id = forecast ?? this.#list.fresh(nowMs)?.[0];
    return id === undefined ? null : (this.#stores.get(id)?.fresh(nowMs) ?? null);
  }

  /** Returns the newest snapshot of a forecast: waits until KV was read again. Never rejects. */
  async newest(forecast: string | null, effects: StoreEffects): Promise<Result<Served, Unserved>> {
    const found = await this.find(forecast, effects);
    const id = found.ok ? found.value.snapshot.forecast.id : forecast;
    const store = id === null ? undefined : this.#stores.get(id);
    return store === undefined || (!found.ok && found.error.kind === "unknown")
      ? found
      : namedOr(id ?? "", await store.newest(effects));
  }

  /** Returns the snapshot of a forecast, by default of the first one of the list. Never rejects. */
  async find(forecast: string | null, effects: StoreEffects): Promise<Result<Served, Unserved>> {
    if (forecast !== null && this.#mayServe(forecast)) return this.#findNamed(forecast, effects);
    const ids = await this.list(effects);
    const id = forecast ?? ids[0];
    if (id === undefined) return failure(this.#noForecast());
    return ids.includes(id) ? this.#load(id, effects) : failure({ kind: "unknown", forecast: id, forecasts: ids });
  }

  /** Returns the ids of all forecasts in order; none if the list cannot be read. */
  async list(effects: StoreEffects): Promise<readonly string[]> {
    const ids = await this.#list.current(effects);
    for (const id of this.#stores.keys()) if (ids !== null && !ids.includes(id)) this.#stores.delete(id);
    return ids ?? [];
  }

  /** Loads the snapshot and the list in parallel, so that the first answer of an isolate waits for both at once. */
  async #findNamed(forecast: string, effects: StoreEffects): Promise<Result<Served, Unserved>> {
    const isListed = this.#list.contains(forecast);
    const [served, ids] = await Promise.all([
      this.#load(forecast, effects),
      isListed ? this.#refreshInBackground(effects) : this.list(effects),
    ]);
    const isKnown = isListed || ids.length === 0 || ids.includes(forecast);
    return isKnown ? served : failure({ kind: "unknown", forecast, forecasts: ids });
  }

  #mayServe(forecast: string): boolean {
    if (!idPattern.test(forecast)) return false;
    if (this.#list.isUnread) return this.#stores.has(forecast) || this.#stores.size < unlistedMax;
    return this.#list.contains(forecast);
  }

  #noForecast(): Unserved {
    const reason = this.#list.isUnread
      ? `the list of forecasts cannot be read: ${this.#list.reason}`
      : "the list of forecasts is empty";
    return { kind: "unavailable", forecast: null, reason, retrySeconds: Math.ceil(retryMs / 1000) };
  }

  #refreshInBackground(effects: StoreEffects): readonly string[] {
    effects.waitUntil(this.list(effects));
    return [];
  }

  async #load(forecast: string, effects: StoreEffects): Promise<Result<Served, Unserved>> {
    const store = this.#stores.get(forecast) ?? new SnapshotStore(forecast);
    this.#stores.set(forecast, store);
    return namedOr(forecast, await store.current(effects));
  }
}

/** Adds the forecast to the reason why nothing can be served. */
function namedOr(forecast: string, current: Current): Result<Served, Unserved> {
  return current.ok ? current : failure({ kind: "unavailable", forecast, ...current.error });
}
