/** Parses a publication by its feed's parser and the rules of all feeds. */
import { clockOf } from "../lib/zone-clock.ts";
import { enclosingPeriod } from "../period.ts";
import type { Blank, Feed, FileOrigin, Parsed } from "./feed.ts";
import { problem } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";

/** Parses a publication and rejects observations and retractions of the future. Never throws on bad data. */
export async function parsePublication(feed: Feed, bytes: Uint8Array, origin: FileOrigin): Promise<Parsed> {
  return rejectFuture(await feed.parse(bytes, origin), feed, origin.arrivedAt);
}

/**
 * Rejects every observation and retraction of a period that had not begun at the arrival (ISO 8601), by the clock of the feed's zone. The
 * publisher's own forecasts (`isForecast`) stay. Problem: `future-period`, one for each period. O(observations + retractions).
 */
export function rejectFuture(
  parsed: Parsed,
  { variables, granularity, timezone, limits }: Pick<Feed, "variables" | "granularity" | "timezone" | "limits">,
  arrivedAt: string,
): Parsed {
  const current = enclosingPeriod(clockOf(timezone)(Date.parse(arrivedAt)), granularity);
  const isFuture = ({ period, variable }: Blank) => period > current && !variables[variable]?.isForecast;
  const counts = new Map<string, number>();
  const { observations, retracted } = parsed;
  for (const facts of [observations, retracted ?? []])
    for (const fact of facts) if (isFuture(fact)) counts.set(fact.period, (counts.get(fact.period) ?? 0) + 1);
  if (counts.size === 0) return parsed;

  const problems = new ProblemList(limits.problemsMax);
  const expected = `periods up to ${current}, in which the file arrived (${timezone})`;
  for (const [period, values] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    problems.add(
      problem("future-period", {
        period,
        found: `${values} ${values === 1 ? "value" : "values"} of ${period}`,
        expected,
        values,
      }),
    );
  return {
    ...parsed,
    observations: observations.filter((observation) => !isFuture(observation)),
    ...(retracted && { retracted: retracted.filter((blank) => !isFuture(blank)) }),
    problems: [...parsed.problems, ...problems.list()],
  };
}
