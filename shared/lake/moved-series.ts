import type { Feed, Problem } from "../feeds/feed.ts";
import { problem } from "../feeds/problem.ts";
import { type Fact, seriesValues } from "./fact.ts";

/**
 * Returns a problem for each series of a publication whose identity is stored with other values of the other dimensions, such as
 * a transaction that was of another customer: `moved-series`. The newest publication counts, so the problem is a remark. At most
 * `problemsMax`. O(facts + known series).
 *
 * @param known the keys of the stored series
 */
export function movedSeries(
  { dimensions, identity, limits }: Pick<Feed, "dimensions" | "identity" | "limits">,
  facts: readonly Pick<Fact, "series" | "period">[],
  known: readonly string[],
): Problem[] {
  if (identity === undefined) return [];
  const at = dimensions.indexOf(identity);
  const others = dimensions.filter((name) => name !== identity).join(", ");
  const keysOf = Map.groupBy(known, (key) => seriesValues(key)[at]);
  const stated = new Map(facts.map(({ series, period }) => [series, period]));
  return [...stated]
    .filter(([series]) => keysOf.get(seriesValues(series)[at])?.some((key) => key !== series))
    .slice(0, limits.problemsMax)
    .map(([series, period]) =>
      problem("moved-series", {
        column: identity,
        period,
        found: `${identity} ${seriesValues(series)[at]} with another ${others} than the stored one`,
        expected: `one ${others}; that of the newest publication counts. If it is wrong, withdraw its ingest`,
        values: 0,
      }),
    );
}
