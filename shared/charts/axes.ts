/** Positions of periods and ticks of axes. */

import { scaleLinear, scaleUtc } from "d3-scale";
import { daysBetween } from "../lib/calendar.ts";
import { dayMs } from "../lib/durations.ts";
import { firstPartOf } from "../period.ts";
import type { Axis, Tick } from "./chart.ts";

const epochDay = "1970-01-01";
const hoursOfDay = 24;
const decimalsMax = 9;

/** Returns the start of a period in days since 1970. The start of an hour is a fraction. */
export function dayOf(period: string): number {
  const hour = firstPartOf(period, "hour");
  return daysBetween(epochDay, hour.slice(0, 10)) + Number(hour.slice(11, 13)) / hoursOfDay;
}

/** An axis with a single tick has no scale. */
const ticksMin = 2;

/** Returns an axis of days with about `count` ticks at round dates, at least two. `label` formats a time in milliseconds since 1970. */
export function timeAxis(domain: readonly [number, number], count: number, label: (ms: number) => string): Axis {
  const scale = scaleUtc(
    domain.map((day) => new Date(day * dayMs)),
    [0, 1],
  );
  const ticksOf = (wanted: number) => scale.ticks(wanted).filter((date) => date.getTime() % dayMs === 0);
  let ticks = ticksOf(count);
  for (let more = 1; ticks.length < ticksMin && more <= count; more++) ticks = ticksOf(count + more);
  return {
    domain,
    grid: false,
    ticks: withoutRepeats(ticks.map((date) => ({ at: date.getTime() / dayMs, label: label(date.getTime()) }))),
  };
}

/** Returns an axis of numbers that contains all values, with round ends and about `count` ticks. `label` formats a tick with decimals. */
export function valueAxis(
  values: readonly number[],
  count: number,
  label: (value: number, decimals: number) => string,
): Axis {
  const finite = values.filter(Number.isFinite);
  let [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (finite.length === 0) [low, high] = [0, 1];
  // A constant series needs an axis too.
  if (low === high)
    [low, high] = [low - Math.max(Math.abs(low) * 0.01, 0.01), high + Math.max(Math.abs(high) * 0.01, 0.01)];
  const scale = scaleLinear([low, high], [0, 1]).nice(count);
  const [first = low, last = high] = scale.domain();
  const ticks = scale.ticks(count);
  const distance = Math.abs((ticks[1] ?? last) - (ticks[0] ?? first));
  // The distance is 1, 2 or 5 times a power of ten, so this is exact.
  const decimals = Math.min(decimalsMax, Math.max(0, -Math.floor(Math.log10(distance) + 1e-9)));
  return {
    domain: [first, last],
    grid: true,
    ticks: ticks.map((at) => ({ at, label: label(at, decimals) })),
  };
}

/** Removes ticks with the label of the tick before: the label has fewer digits than the distance of the ticks. */
function withoutRepeats(ticks: readonly Tick[]): Tick[] {
  return ticks.filter(({ label }, at) => label !== ticks[at - 1]?.label);
}
