/** Checks the breaks that a feed declares. */
import type { Feed } from "../feeds/feed.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { comparePeriods, granularityOf } from "../period.ts";

/** Checks that breaks are from periods, oldest first, and of variables of the feed. Each mistake is one sentence. */
export function wrongBreaks({ breaks = [], variables: declared }: Pick<Feed, "breaks" | "variables">): string[] {
  const known = Object.keys(declared);
  return breaks.flatMap(({ from, variables }, at) => {
    if (granularityOf(from) === null) return [`A break is from ${from}; expected a period such as 2026-11-20.`];
    const before = breaks[at - 1]?.from;
    return [
      ...(before !== undefined && comparePeriods(before, from) > 0
        ? [`The break from ${from} follows the one from ${before}; expected the oldest first.`]
        : []),
      ...(variables.length === 0 ? [`The break from ${from} has no variable; expected those that change.`] : []),
      ...variables
        .filter((name) => !known.includes(name))
        .map((name) =>
          withSuggestion(`The break from ${from} is of ${name}, which the feed does not have`, name, known),
        ),
    ];
  });
}
