/** Values of one source at the periods and series of another source's panel. */

import { columnsBySeries, emptyColumns, type Panel, type PanelSeries } from "../features/panel.ts";
import { nextPeriod, previousPeriod, type Schedule } from "../forecasts/schedule.ts";
import type { Fact } from "../lake/fact.ts";

export interface JoinedSource {
  readonly facts: Iterable<Fact>;
  /** The variables that are added to the panel. */
  readonly names: readonly string[];
  /** What names the source's series, in its feed's order; all of them are dimensions of the panel. */
  readonly dimensions: readonly string[];
  /** Where in the panel the value of a period stands. */
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * Returns the panel with a source's variables beside its own. A series of the panel gets the values of the source's series with
 * which it shares the source's dimensions: a source without dimensions has the same values for all. NaN where there is none.
 * O(facts + series × variables).
 */
export function joinSource(panel: Panel, { facts, names, dimensions, positions }: JoinedSource): Panel {
  const length = panel.periods.length;
  const bySeries = columnsBySeries(facts, { names, positions, length });
  const missing = emptyColumns(names, length);
  const keyOf = keyWithin(panel.dimensions, dimensions);
  const series = panel.series.map(({ others = {}, ...one }): PanelSeries => {
    const added = Object.fromEntries(bySeries.get(keyOf(one.is)) ?? missing);
    return { ...one, others: { ...others, ...added } };
  });
  return { ...panel, series };
}

/** Throws on a dimension that the panel does not have. */
function keyWithin(dimensions: readonly string[], shared: readonly string[]): (is: readonly string[]) => string {
  const places = shared.map((name) => {
    const place = dimensions.indexOf(name);
    if (place >= 0) return place;
    throw new RangeError(`there is no dimension ${name}; there are ${dimensions.join(", ")}`);
  });
  return (is) => JSON.stringify(places.map((place) => is[place] ?? ""));
}

/**
 * Returns where in a panel the values of a source stand that is published `shift` periods after the panel's own: the value of
 * position `n` stands at `n + shift`. With a negative shift it is published before the panel's own, and the latest values are
 * those of the period that is predicted. O(periods).
 */
export function shiftedPositions(
  schedule: Schedule,
  periods: readonly string[],
  shift: number,
): ReadonlyMap<string, number> {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const known = [...periods];
  for (let period = first, before = 0; before < shift; before++) {
    period = previousPeriod(schedule, period);
    known.unshift(period);
  }
  for (let period = last, after = 0; after < -shift; after++) {
    period = nextPeriod(schedule, period);
    known.push(period);
  }
  const positions = known.map((period, index) => [period, index + Math.min(shift, 0)] as const);
  return new Map(positions.filter(([, at]) => at >= 0 && at < periods.length));
}
