/** Decides whether a publication is held for review: too many rejected values, missing series, or contradicted values. */
import { type Contradictions, contradictionReason } from "./contradictions.ts";
import type { FeedLimits, Problem } from "./feed.ts";

export interface Counts {
  readonly observations: number;
  readonly problems: readonly Problem[];
  /** Keys of the series with values in the publication. */
  readonly series: ReadonlySet<string>;
  /** The question that the parser could not decide, as a sentence. */
  readonly doubt?: string | undefined;
  /** How much the publication contradicts; absent if that was not measured yet. */
  readonly contradictions?: Contradictions;
  /** True: the reason names no series, because they are persons. */
  readonly personal?: true | undefined;
}

/** Returns the reason to hold a publication for review, or null. */
export function reasonToHold(counts: Counts, knownSeries: readonly string[], limits: FeedLimits): string | null {
  if (counts.doubt !== undefined) return counts.doubt;
  const lost = counts.problems.reduce((sum, problem) => sum + problem.values, 0);
  const rate = lost / Math.max(1, lost + counts.observations);
  if (rate > limits.problemRateMax) {
    const [worst, count] = mostFrequent(counts.problems);
    return `${percent(rate)} of the values were rejected; the limit is ${percent(limits.problemRateMax)}. The most frequent reason is ${worst} (${count}×)`;
  }
  const missing = knownSeries.filter((key) => !counts.series.has(key));
  const share = missing.length / Math.max(1, knownSeries.length);
  if (share > limits.seriesLostMax) {
    const examples = counts.personal ? "" : `. Examples: ${missing.slice(0, 3).join(", ")}`;
    return `${missing.length} of ${knownSeries.length} known series are missing (${percent(share)}); the limit is ${percent(limits.seriesLostMax)}${examples}`;
  }
  return counts.contradictions ? contradictionReason(counts.contradictions, limits) : null;
}

/** Counts how often each reason occurs, most frequent first. */
export function countReasons(problems: readonly Problem[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of problems) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function mostFrequent(problems: readonly Problem[]): [string, number] {
  return Object.entries(countReasons(problems))[0] ?? ["nothing", 0];
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
