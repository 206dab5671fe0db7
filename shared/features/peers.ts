/** What the others did at the last period: the series that share some dimensions, without the series itself. */
import { changeAtLastPeriod } from "./lags.ts";
import { hasMoved, type Past } from "./panel.ts";

interface Group {
  count: number;
  sum: number;
  moved: number;
}

/**
 * For each series, what is `told` of its peers' changes at the last period; NaN where no peer was observed there with
 * an earlier value to compare. A change is counted against the value observed before it, within the past.
 */
function ofPeers(past: Past, dimensions: readonly string[], told: (peers: Group) => number): Float64Array {
  const positions = dimensions.map((dimension) => {
    const position = past.dimensions.indexOf(dimension);
    if (position < 0)
      throw new RangeError(`there is no dimension ${dimension}; there are ${past.dimensions.join(", ")}`);
    return position;
  });
  const changes = past.series.map(changeAtLastPeriod);
  const keys = past.series.map(({ is }) => positions.map((position) => is[position]).join("\n"));
  const groups = new Map<string, Group>();
  changes.forEach((change, index) => {
    const key = keys[index] ?? "";
    const group = groups.get(key) ?? { count: 0, sum: 0, moved: 0 };
    groups.set(key, group);
    if (Number.isNaN(change)) return;
    group.count++;
    group.sum += change;
    group.moved += Number(hasMoved(change, past.tolerance));
  });
  return Float64Array.from(changes, (change, index) => {
    const { count, sum, moved } = groups.get(keys[index] ?? "") ?? { count: 0, sum: 0, moved: 0 };
    const isIn = !Number.isNaN(change);
    const peers = isIn
      ? { count: count - 1, sum: sum - change, moved: moved - Number(hasMoved(change, past.tolerance)) }
      : { count, sum, moved };
    return peers.count > 0 ? told(peers) : Number.NaN;
  });
}

/** Mean change of the peers at the last period, one a series, in the variable's unit. O(series). */
export function peersChange(past: Past, dimensions: readonly string[]): Float64Array {
  return ofPeers(past, dimensions, ({ sum, count }) => sum / count);
}

/** Share of the peers that changed at the last period, one a series, 0 to 1. O(series). */
export function peersChangedShare(past: Past, dimensions: readonly string[]): Float64Array {
  return ofPeers(past, dimensions, ({ moved, count }) => moved / count);
}
