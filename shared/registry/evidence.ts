import type { Evidence } from "./card.ts";

/** Returns the evidence of the periods after `period`; all of it for null. O(periods). */
export function evidenceAfter(evidence: Evidence, period: string | null): Evidence {
  return period === null ? evidence : pick(evidence, (one) => one > period);
}

/** Returns the evidence of some periods. O(periods). */
export function evidenceOf(evidence: Evidence, periods: readonly string[]): Evidence {
  const wanted = new Set(periods);
  return pick(evidence, (period) => wanted.has(period));
}

function pick(evidence: Evidence, isWanted: (period: string) => boolean): Evidence {
  const keep = <T>(list: readonly T[]) => list.filter((_, index) => isWanted(evidence.periods[index] ?? ""));
  return {
    periods: keep(evidence.periods),
    rows: keep(evidence.rows),
    horizon: evidence.horizon,
    challenger: keep(evidence.challenger),
    naive: keep(evidence.naive),
    incumbent: evidence.incumbent && keep(evidence.incumbent),
  };
}
