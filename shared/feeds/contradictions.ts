/**
 * Measures how many stored values a publication contradicts.
 *
 * Ordinary publications repeat the history and correct 0 to 1.3 % of it. A publication in another unit or number format
 * contradicts nearly all of it, or all values of one variable, by one factor. A publication that repeats few values is
 * judged too: it may contradict as many as chance allows at the feed's limit.
 */
import { addDays } from "../lib/calendar.ts";
import { binomialTail } from "../stats/binomial.ts";
import type { Feed } from "./feed.ts";

/** One fact that is already stored (`known`) and that a publication repeats (`stated`). */
export interface RestatedFact {
  readonly variable: string;
  readonly period: string;
  readonly known: number;
  /** Null if the publication states that there is no value. */
  readonly stated: number | null;
}

export interface Contradictions {
  readonly restated: number;
  readonly contradicted: number;
  /** The variable with the largest share of contradicted facts, among those above the feed's limit. */
  readonly worst: { readonly variable: string; readonly restated: number; readonly contradicted: number } | null;
  /** The factor between stored and published values that most contradictions of one variable share, or null. */
  readonly factor: { readonly variable: string; readonly times: number; readonly facts: number } | null;
}

/** Numbers that differ by less than this, relative to their size, count as equal. */
const tolerance = 1e-9;
/** With at least this many repeated facts, only the share decides. */
const manyFacts = 200;
/**
 * Maximum probability of so many contradictions if every fact is contradicted with the probability of the limit. A
 * publication with fewer facts is held only below this value. With a limit of 5 %: 7 of 7, 18 of 60, 34 of 199.
 */
const chanceMax = 1e-9;
/** With fewer facts, another unit or format cannot be detected. */
const factorFactsMin = 24;
/** Contradictions share a factor if this share of their ratios is this close to the median. */
const [factorShareMin, factorTolerance] = [0.8, 0.02];
/** The smallest factor that indicates another unit; a market moves less. Recent periods are corrected by larger factors. */
const factorMin = { settled: 1.5, recent: 3 };

interface Counts {
  restated: number;
  contradicted: number;
  /** Stated ÷ known of the facts that are contradicted. */
  readonly ratios: { readonly settled: number[]; readonly recent: number[] };
}

/**
 * Counts the contradicted facts. A publisher's own forecasts (`isForecast`) change daily and do not count. Periods of the
 * last `correctedDays` before the arrival are corrected late, so they count only towards a common factor of at least 3.
 * O(facts).
 */
export function countContradictions(
  facts: Iterable<RestatedFact>,
  { variables, limits }: Pick<Feed, "variables" | "limits">,
  arrivedAt: string,
): Contradictions {
  const settledUntil = addDays(arrivedAt.slice(0, 10), -limits.correctedDays);
  const byVariable = new Map<string, Counts>();
  for (const fact of facts) {
    if (variables[fact.variable]?.isForecast) continue;
    const counts = byVariable.get(fact.variable) ?? {
      restated: 0,
      contradicted: 0,
      ratios: { settled: [], recent: [] },
    };
    byVariable.set(fact.variable, counts);
    countFact(counts, fact, fact.period < settledUntil);
  }
  const counted = [...byVariable].map(([variable, counts]) => ({ variable, ...counts }));
  const [worst = null] = counted
    .filter((of) => isAboveLimit(of, limits))
    .sort((a, b) => b.contradicted / b.restated - a.contradicted / a.restated);
  return {
    restated: counted.reduce((sum, of) => sum + of.restated, 0),
    contradicted: counted.reduce((sum, of) => sum + of.contradicted, 0),
    worst: worst && { variable: worst.variable, restated: worst.restated, contradicted: worst.contradicted },
    factor: mostCommonFactor(counted),
  };
}

/** Returns whether more facts are contradicted than the limit and chance allow. */
export function isAboveLimit(
  { restated, contradicted }: Pick<Contradictions, "restated" | "contradicted">,
  { contradictedMax }: { readonly contradictedMax: number },
): boolean {
  if (contradicted <= contradictedMax * restated) return false;
  return restated >= manyFacts || binomialTail(contradicted, restated, contradictedMax) < chanceMax;
}

function countFact(counts: Counts, { known, stated }: RestatedFact, isSettled: boolean): void {
  const isSame = stated !== null && Math.abs(known - stated) <= tolerance * Math.max(Math.abs(known), Math.abs(stated));
  if (isSettled) {
    counts.restated++;
    if (!isSame) counts.contradicted++;
  }
  if (!isSame && stated !== null && known > 0 && stated > 0)
    counts.ratios[isSettled ? "settled" : "recent"].push(stated / known);
}

/** Returns the common factor that the most contradictions share, over all variables. */
function mostCommonFactor(counted: readonly (Counts & { readonly variable: string })[]): Contradictions["factor"] {
  const factors = counted.flatMap(({ variable, ratios }) =>
    (["settled", "recent"] as const).flatMap((age) => {
      const times = commonFactor(ratios[age], factorMin[age]);
      return times === null ? [] : [{ variable, times, facts: ratios[age].length }];
    }),
  );
  return factors.sort((a, b) => b.facts - a.facts)[0] ?? null;
}

function commonFactor(ratios: readonly number[], least: number): number | null {
  if (ratios.length < factorFactsMin) return null;
  const sorted = Float64Array.from(ratios).sort();
  const median = sorted[sorted.length >> 1] ?? 1;
  if (median < least && median > 1 / least) return null;
  const near = ratios.filter((ratio) => Math.abs(ratio / median - 1) <= factorTolerance).length;
  return near >= factorShareMin * ratios.length ? median : null;
}

/** Returns why a publication is held for its contradictions, as one sentence, or null. */
export function contradictionReason(
  { factor, worst, restated, contradicted }: Contradictions,
  limits: { readonly contradictedMax: number },
): string | null {
  if (factor !== null) {
    const times = factor.times >= 1 ? `${round(factor.times)} times` : `1/${round(1 / factor.times)} of`;
    return `${factor.facts} values of ${factor.variable} are about ${times} the stored values: probably another unit or number format`;
  }
  const isMost = isAboveLimit({ restated, contradicted }, limits);
  const of = isMost ? { variable: "the feed", restated, contradicted } : worst;
  if (of === null) return null;
  const share = (part: number) => `${Math.round(part * 1000) / 10} %`;
  return `${of.contradicted} of ${of.restated} stored values of ${of.variable} are contradicted (${share(of.contradicted / of.restated)}); the limit is ${share(limits.contradictedMax)}`;
}

const round = (value: number) => Number(value.toPrecision(3));
