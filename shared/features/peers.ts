/** What the others did at the last period: the series that share some dimensions, without the series itself. */
import { changeAtLastPeriod } from "./lags.ts";
import { hasMoved, type Past } from "./panel.ts";

interface Group {
  count: number;
  sum: number;
  /** Σ |change|: what rounding in `sum` is measured by. */
  size: number;
  moved: number;
}

/**
 * For each series, what is `told` of its peers' changes at the last period; NaN where no peer was observed there with
 * an earlier value to compare. A change is counted against the value observed before it, within the past.
 */
function ofPeers(past: Past, dimensions: readonly string[], told: (peers: Group) => number): number[] {
  const positions = dimensions.map((dimension) => {
    const position = past.dimensions.indexOf(dimension);
    if (position < 0)
      throw new RangeError(`there is no dimension ${dimension}; there are ${past.dimensions.join(", ")}`);
    return position;
  });
  const changes = changesOf(past);
  // With their lengths, so that no two lists of texts are one key.
  const keys = past.series.map(({ is }) => positions.map((at) => `${is[at]?.length} ${is[at]}`).join());
  const groups = new Map<string, Group>();
  changes.forEach((change, index) => {
    const key = keys[index] ?? "";
    const group = groups.get(key) ?? { ...nobody };
    groups.set(key, group);
    if (Number.isNaN(change)) return;
    group.count++;
    group.sum += change;
    group.size += Math.abs(change);
    group.moved += Number(hasMoved(change, past.tolerance));
  });
  return changes.map((change, index) => {
    const group = groups.get(keys[index] ?? "") ?? nobody;
    const peers = Number.isNaN(change) ? group : without(group, change, past.tolerance);
    return peers.count > 0 ? told(peers) : Number.NaN;
  });
}

const changesByPast = new WeakMap<Past, readonly number[]>();

/** One a series; several features of one past look at them. */
function changesOf(past: Past): readonly number[] {
  const kept = changesByPast.get(past);
  if (kept) return kept;
  const changes = past.series.map(changeAtLastPeriod);
  changesByPast.set(past, changes);
  return changes;
}

const nobody: Group = { count: 0, sum: 0, size: 0, moved: 0 };

/** The group without one of its members. Where the others cancel out, rounding must not leave them a change. */
function without(group: Group, change: number, tolerance: number): Group {
  const sum = group.sum - change;
  return {
    count: group.count - 1,
    sum: Math.abs(sum) > group.size * 1e-12 ? sum : 0,
    size: group.size - Math.abs(change),
    moved: group.moved - Number(hasMoved(change, tolerance)),
  };
}

/** Mean change of the peers at the last period, one a series, in the variable's unit. O(series). */
export function peersChange(past: Past, dimensions: readonly string[]): number[] {
  return ofPeers(past, dimensions, ({ sum, count }) => sum / count);
}

/** Share of the peers that changed at the last period, one a series, 0 to 1. O(series). */
export function peersChangedShare(past: Past, dimensions: readonly string[]): number[] {
  return ofPeers(past, dimensions, ({ moved, count }) => moved / count);
}
