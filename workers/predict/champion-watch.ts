/** Decides when this isolate reports to the hub that it cannot load a champion, or that it can again. */
import type { ServingReport } from "../../shared/api/serving-report.ts";

/** A lasting failure is reported again after this time, because a message can be lost. */
export const repeatMs = 600_000;

/** The result of an attempt to load the champion. */
export type Loaded = Pick<ServingReport, "number" | "champion" | "served" | "reason">;

export class ChampionWatch {
  #failure: { readonly key: string; readonly atMs: number } | null = null;

  /** Returns whether to report a result. A champion that was loaded is reported only after a reported failure. */
  isNews({ number, champion, served, reason }: Loaded, nowMs: number): boolean {
    const before = this.#failure;
    if (reason === null) {
      this.#failure = null;
      return before !== null;
    }
    // Without the reason, whose text can differ in every attempt.
    const key = JSON.stringify([number, champion, served]);
    if (before?.key === key && nowMs - before.atMs < repeatMs) return false;
    this.#failure = { key, atMs: nowMs };
    return true;
  }
}
