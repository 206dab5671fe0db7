import type { Feed, Problem } from "../../../shared/feeds/feed.ts";
import { problem } from "../../../shared/feeds/problem.ts";
import { type Fact, seriesValues } from "../../../shared/lake/fact.ts";

/**
 * Returns the problem of each stored value that a publication states to have no value any more: `blanked-value`. The stored
 * value stays in use, because an empty cell can also be a gap, so the problem is a remark. At most `problemsMax`.
 */
export function blankProblems({ limits }: Pick<Feed, "limits">, blanked: readonly Fact[]): Problem[] {
  return blanked.slice(0, limits.problemsMax).map(({ period, variable, series, value }) => {
    const of = [variable, ...seriesValues(series)].join(", ");
    return problem("blanked-value", {
      period,
      column: variable,
      found: `no value of ${of}, for which ${value} is stored`,
      expected: "a value; the stored one stays in use until a publication contains another",
      values: 0,
    });
  });
}
