/** The rows of groups of series, one step ahead or several. */
import type { Dataset } from "../features/dataset.ts";
import type { Panel } from "../features/panel.ts";

interface Cell {
  readonly last: number;
  readonly target: number;
}

/**
 * Returns the rows of every group. A group's levels at the origin and at the target are means over its matched series: those
 * with a value at both. A series that appears or is missing therefore does not move the level. O(periods × series).
 * @param groupOf the group of each series of the panel, from 0; null for a series without a group
 */
export function groupRows(panel: Panel, groupOf: readonly (number | null)[], step: number): Dataset {
  const members: Float64Array[][] = [];
  panel.series.forEach(({ values }, series) => {
    const group = groupOf[series] ?? null;
    if (group === null) return;
    members[group] ??= [];
    members[group].push(values);
  });
  return rowsOf(panel, step, members);
}

/** Returns the means over the series with a value at both positions; null if there are none. O(series). */
function matchedMean(series: readonly Float64Array[], origin: number, target: number): Cell | null {
  let [count, before, after] = [0, 0, 0];
  for (const values of series) {
    const [start = Number.NaN, end = Number.NaN] = [values[origin], values[target]];
    if (Number.isNaN(start) || Number.isNaN(end)) continue;
    count++;
    before += start;
    after += end;
  }
  return count === 0 ? null : { last: before / count, target: after / count };
}

function rowsOf(panel: Panel, step: number, groups: readonly (readonly Float64Array[])[]): Dataset {
  const [period, series, last, target]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let end = step; end < panel.periods.length; end++) {
    groups.forEach((members, group) => {
      const cell = matchedMean(members, end - step, end);
      if (cell === null) return;
      period.push(end);
      series.push(group);
      last.push(cell.last);
      target.push(cell.target);
    });
  }
  return {
    step,
    rows: period.length,
    periods: panel.periods,
    period: Int32Array.from(period),
    series: Int32Array.from(series),
    columns: [],
    last: Float64Array.from(last),
    target: Float64Array.from(target),
  };
}
