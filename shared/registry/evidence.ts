import type { Evidence } from "./card.ts";

/** Returns the evidence of the periods after `period`; all of it for null. O(periods). */
export function evidenceAfter(evidence: Evidence, period: string | null): Evidence {
  if (period === null) return evidence;
  const keep = <T>(list: readonly T[]) => list.filter((_, index) => (evidence.periods[index] ?? "") > period);
  return {
    periods: keep(evidence.periods),
    rows: keep(evidence.rows),
    horizon: evidence.horizon,
    challenger: keep(evidence.challenger),
    naive: keep(evidence.naive),
    incumbent: evidence.incumbent && keep(evidence.incumbent),
  };
}
