/** What the others did at the last period: the series that share some dimensions, without the series itself. */
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { changeAtLastPeriod } from "./lags.ts";
import { hasMoved, type Past } from "./panel.ts";

interface Group {
  count: number;
  sum: number;
  /** Σ |change|: what rounding in `sum` is measured by. */
  size: number;
  moved: number;
}

const nobody: Group = { count: 0, sum: 0, size: 0, moved: 0 };

/** The series of a past by some of their dimensions. */
interface Grouping {
  /** Of each series its group. */
  readonly groups: readonly Group[];
  /** Of each series its change at the last period; NaN where it was not observed there with an earlier value to compare. */
  readonly changes: readonly number[];
}

const changesOf = memoizeByObject((past: Past): readonly number[] => past.series.map(changeAtLastPeriod));

/** Several features look at the same groups of one past. */
const groupingsOf = memoizeByObject((_: Past) => new Map<string, Grouping>());

function groupingOf(past: Past, dimensions: readonly string[]): Grouping {
  const groupings = groupingsOf(past);
  const name = dimensions.join("\u0000");
  const grouping = groupings.get(name) ?? grouped(past, dimensions);
  groupings.set(name, grouping);
  return grouping;
}

function grouped(past: Past, dimensions: readonly string[]): Grouping {
  const changes = changesOf(past);
  const positions = dimensions.map((dimension) => {
    const position = past.dimensions.indexOf(dimension);
    if (position < 0)
      throw new RangeError(`there is no dimension ${dimension}; there are ${past.dimensions.join(", ")}`);
    return position;
  });
  const byKey = new Map<string, Group>();
  const groups = past.series.map(({ is }, index): Group => {
    // With their lengths, so that no two lists of texts are one key.
    const key = positions.map((at) => `${is[at]?.length} ${is[at]}`).join();
    const group = byKey.get(key) ?? { ...nobody };
    byKey.set(key, group);
    const change = changes[index] ?? Number.NaN;
    if (Number.isNaN(change)) return group;
    group.count++;
    group.sum += change;
    group.size += Math.abs(change);
    group.moved += Number(hasMoved(change, past.tolerance));
    return group;
  });
  return { groups, changes };
}

/**
 * For each series, what is `told` of its peers' changes at the last period; NaN where no peer was observed there with
 * an earlier value to compare. A change is counted against the value observed before it, within the past.
 */
function ofPeers(past: Past, dimensions: readonly string[], told: (peers: Group) => number): number[] {
  const { groups, changes } = groupingOf(past, dimensions);
  return groups.map((group, index) => {
    const change = changes[index] ?? Number.NaN;
    const peers = Number.isNaN(change) ? group : without(group, change, past.tolerance);
    return peers.count > 0 ? told(peers) : Number.NaN;
  });
}

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
