/** The changes of a series' peers at the last period. Peers are the other series that share some of its dimensions. */
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { hasMoved, type Past, positionOf } from "./panel.ts";

export interface PeerGroup {
  /** Number of series with a value at the last period and an earlier value. */
  readonly count: number;
  /** Σ change. */
  readonly sum: number;
  /** Σ |change|. It is the scale of rounding errors in `sum`. */
  readonly size: number;
  /** Number of series that changed. */
  readonly moved: number;
}

/** The series of a past, grouped by some of their dimensions. */
interface Grouping {
  /** The group of each series. */
  readonly groups: readonly PeerGroup[];
  /** The change of each series at the last period, or NaN. */
  readonly changes: readonly number[];
}

export interface PeersOptions {
  readonly dimensions: readonly string[];
  /** Maximum number of periods between the last value and the earlier value of the comparison. */
  readonly periods: number;
}

/** Memoized per past, because several features read the same changes and groups. */
const changesOf = memoizeByObject((_: Past) => new Map<number, readonly number[]>());
const groupingsOf = memoizeByObject((_: Past) => new Map<string, Grouping>());
/** The keys of a series' groups. The names of a series are the same object in every past of a panel. */
const keysOf = memoizeByObject((_: readonly string[]) => new Map<string, string>());

/**
 * Computes a statistic of the changes of each series' peers at the last period, without the series itself. NaN if no peer has a
 * value there and an earlier value. O(series).
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
  const places = positions.join();
  const byKey = new Map<string, { -readonly [Name in keyof PeerGroup]: PeerGroup[Name] }>();
  const groups = past.series.map(({ is }, index) => {
    // The key contains the lengths, so that different lists of texts never have the same key.
    const key = cached(keysOf(is), places, () => positions.map((at) => `${is[at]?.length} ${is[at]}`).join());
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
 * Returns the change from the previous observed value, at most `periods` earlier, to the last period; NaN if either is missing.
 * Reads `values`, because `observed` would have to be computed for every series to answer for one. O(periods).
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

/** Returns the group without one member. A sum that is only a rounding error becomes 0. */
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
  const existing = values.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  values.set(key, made);
  return made;
}
