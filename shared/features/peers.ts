/** The peers of a series: the other series that share some of its dimensions, and how they changed at the last period. */
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { hasMoved, type Past, positionOf } from "./panel.ts";

export interface PeerGroup {
  /** Series that were observed at the last period, with an earlier value to compare with. */
  readonly count: number;
  /** Of their changes. */
  readonly sum: number;
  /** Σ |change|: rounding in `sum` is measured against it. */
  readonly size: number;
  /** How many of them moved. */
  readonly moved: number;
}

/** The series of a past, grouped by some of their dimensions. */
interface Grouping {
  /** One for each series: the group that it is in. */
  readonly groups: readonly PeerGroup[];
  /** One for each series: its change at the last period, or NaN. */
  readonly changes: readonly number[];
}

export interface PeersOptions {
  readonly dimensions: readonly string[];
  /** A change is against a value observed at most so many periods before the last one. */
  readonly periods: number;
}

/** Several features read the same changes, and the same groups, of one past. */
const changesOf = memoizeByObject((_: Past) => new Map<number, readonly number[]>());
const groupingsOf = memoizeByObject((_: Past) => new Map<string, Grouping>());

/**
 * Computes a statistic of each series' peers: of their changes at the last period, without the series itself. NaN where no
 * peer was observed there with an earlier value to compare with. O(series).
 */
export function ofPeers(past: Past, options: PeersOptions, statistic: (peers: PeerGroup) => number): number[] {
  const name = [options.periods, ...options.dimensions].join("\u0000");
  const { groups, changes } = cached(groupingsOf(past), name, () => grouped(past, options));
  return groups.map((group, index) => {
    const change = changes[index] ?? Number.NaN;
    const peers = Number.isNaN(change) ? group : without(group, change, past.tolerance);
    return peers.count > 0 ? statistic(peers) : Number.NaN;
  });
}

function grouped(past: Past, { dimensions, periods }: PeersOptions): Grouping {
  const changes = cached(changesOf(past), periods, () =>
    past.series.map(({ values }) => changeAtLastPeriod(values, periods)),
  );
  const positions = dimensions.map((dimension) => positionOf(dimension, past.dimensions));
  const byKey = new Map<string, { -readonly [Name in keyof PeerGroup]: PeerGroup[Name] }>();
  const groups = past.series.map(({ is }, index) => {
    // With their lengths, so that no two lists of texts are one key.
    const key = positions.map((at) => `${is[at]?.length} ${is[at]}`).join();
    const group = cached(byKey, key, () => ({ count: 0, sum: 0, size: 0, moved: 0 }));
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
 * The change at the last period, against the value observed before it, at most `periods` earlier; NaN where either is
 * missing. Reads `values`, not `observed`, which would be gathered for every series to answer for one. O(periods).
 */
function changeAtLastPeriod(values: Float64Array, periods: number): number {
  const last = values.length - 1;
  const now = values[last] ?? Number.NaN;
  if (Number.isNaN(now)) return Number.NaN;
  const first = Math.max(0, last - periods);
  let before = last - 1;
  while (before >= first && Number.isNaN(values[before])) before--;
  return before >= first ? now - (values[before] ?? Number.NaN) : Number.NaN;
}

/** The group without one of its members. Where the others cancel out, rounding must not leave them a change. */
function without(group: PeerGroup, change: number, tolerance: number): PeerGroup {
  const sum = group.sum - change;
  return {
    count: group.count - 1,
    sum: Math.abs(sum) > group.size * 1e-12 ? sum : 0,
    size: group.size - Math.abs(change),
    moved: group.moved - Number(hasMoved(change, tolerance)),
  };
}

function cached<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  return made;
}
