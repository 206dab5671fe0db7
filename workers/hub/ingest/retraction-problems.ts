import type { Feed, Problem } from "../../../shared/feeds/feed.ts";
import { problem } from "../../../shared/feeds/problem.ts";
import { type Fact, seriesValues } from "../../../shared/lake/fact.ts";
import type { StoredFact } from "../../../shared/lake/merge.ts";

/**
 * Returns the problem of each series and period of which a publication retracts stored values: `retracted-value`. It names the
 * first variable in the order of the feed. A remark, because nothing is wrong with the publication. At most `problemsMax`.
 */
export function retractionProblems(
  { limits, variables }: Pick<Feed, "limits" | "variables">,
  retracted: readonly (StoredFact & Fact)[],
): Problem[] {
  const order = Object.keys(variables);
  const sorted = [...retracted].sort((a, b) => order.indexOf(a.variable) - order.indexOf(b.variable));
  const first = new Map<string, StoredFact & Fact>();
  for (const fact of sorted) {
    const key = `${fact.period} ${fact.series}`;
    if (!first.has(key)) first.set(key, fact);
  }
  return [...first.values()].slice(0, limits.problemsMax).map(({ period, variable, series, value, source }) => {
    const of = [variable, ...seriesValues(series)].join(", ");
    return problem("retracted-value", {
      period,
      column: variable,
      found: `no value of ${of}, for which ingest ${source.ingest} has ${value}`,
      expected: "the stored value; it is not used while this file counts. If the file is wrong, withdraw its ingest",
      values: 0,
    });
  });
}
