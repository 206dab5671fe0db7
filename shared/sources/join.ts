/** Joins the values of a source to the periods and series of a panel. */

import { columnsBySeries, emptyColumns, type Panel, type PanelSeries } from "../features/panel.ts";
import { nextPeriod, previousPeriod, type Schedule } from "../forecasts/schedule.ts";
import type { Fact } from "../lake/fact.ts";

export interface JoinedSource {
  readonly facts: Iterable<Fact>;
  /** The variables that are added to the panel. */
  readonly names: readonly string[];
  /** The dimensions of the source's series, in its feed's order. The panel must have all of them. */
  readonly dimensions: readonly string[];
  /** The position in the panel of each period's value. */
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * Adds the variables of a source to a panel. A series of the panel gets the values of the source's series with the same
 * dimensions. A source without dimensions gives the same values to all series. NaN if there is no value.
 * O(facts + series × variables).
 */
export function joinSource(panel: Panel, { facts, names, dimensions, positions }: JoinedSource): Panel {
  const length = panel.periods.length;
  const bySeries = columnsBySeries(facts, { names, positions, length });
  const missing = emptyColumns(names, length);
  const keyOf = keyWithin(panel.dimensions, dimensions);
  const series = panel.series.map(({ others = {}, ...rest }): PanelSeries => {
    const added = Object.fromEntries(bySeries.get(keyOf(rest.is)) ?? missing);
    return { ...rest, others: { ...others, ...added } };
  });
  return { ...panel, series };
}

/** Returns a function from a series of the panel to its key in the source. Throws if the panel lacks a dimension. */
function keyWithin(dimensions: readonly string[], shared: readonly string[]): (is: readonly string[]) => string {
  const places = shared.map((name) => {
    const place = dimensions.indexOf(name);
    if (place >= 0) return place;
    throw new RangeError(`unknown dimension ${name}: expected one of ${dimensions.join(", ")}`);
  });
  return (is) => JSON.stringify(places.map((place) => is[place] ?? ""));
}

/**
 * Returns the positions in a panel for a source that is published `shift` periods after the target: the value of period `n` gets
 * position `n + shift`. A source with a negative shift is published earlier; its latest values are of the predicted period.
 * O(periods).
 */
export function shiftedPositions(
  schedule: Schedule,
  periods: readonly string[],
  shift: number,
): ReadonlyMap<string, number> {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const extended = [...periods];
  for (let period = first, before = 0; before < shift; before++) {
    period = previousPeriod(schedule, period);
    extended.unshift(period);
  }
  for (let period = last, after = 0; after < -shift; after++) {
    period = nextPeriod(schedule, period);
    extended.push(period);
  }
  const positions = extended.map((period, index) => [period, index + Math.min(shift, 0)] as const);
  return new Map(positions.filter(([, at]) => at >= 0 && at < periods.length));
}
