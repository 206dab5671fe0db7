/** Reads the times of the lists: which entries are valid hours. */

import { isIsoDay } from "../../lib/calendar.ts";
import { hourMs } from "../../lib/durations.ts";
import { clockOf } from "../../lib/zone-clock.ts";
import { classifyOrder } from "../day-order.ts";
import { problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import type { Document } from "./read-document.ts";

export interface Hour {
  /** Index in the lists. */
  readonly index: number;
  /** Start of the hour, in milliseconds since 1970. */
  readonly instant: number;
  /** `YYYY-MM-DDTHH` in the zone's local time. */
  readonly period: string;
}

export interface Times {
  readonly hours: readonly Hour[];
  /** Number of values in hours that occur twice in the zone's local time. */
  readonly repeated: number;
}

/** Largest gap between two hours of one answer. A time after a longer gap is probably wrong. */
const gapHoursMax = 31 * 24;

export function readTimes({ times, lists, offsetSeconds }: Document, timezone: string, problems: ProblemList): Times {
  const refuse = (index: number, reason: string, expected: string) => {
    const found = String(JSON.stringify(times[index]));
    problems.add(problem(reason, { period: periodOf(times[index]), found, expected, values: lists.length }));
  };
  const isSame = (one: number, other: number) => lists.every(({ values }) => values[one] === values[other]);

  const read: { index: number; instant: number }[] = [];
  const byInstant = new Map<number, number>();
  const contradicted = new Set<number>();
  for (const [index, time] of times.entries()) {
    const local = readTime(time);
    if (local === null) {
      refuse(index, "malformed-time", "a full hour as YYYY-MM-DDTHH:00");
      continue;
    }
    const instant = local - offsetSeconds * 1000;
    const before = byInstant.get(instant);
    if (before === undefined) {
      byInstant.set(instant, index);
      read.push({ index, instant });
    } else if (!isSame(before, index)) {
      contradicted.add(instant);
      refuse(index, "contradicting-times", "every hour once, or repeated with the same values");
    }
  }
  for (const instant of contradicted) {
    const index = byInstant.get(instant);
    if (index !== undefined) refuse(index, "contradicting-times", "every hour once, or repeated with the same values");
  }
  const single = read.filter(({ instant }) => !contradicted.has(instant));
  const statuses = classifyOrder(
    single.map(({ instant }) => ({ day: Math.floor(instant / hourMs), doubts: 0 })),
    gapHoursMax,
  );
  const inOrder = single.filter(({ index }, at) => {
    if (statuses[at]?.kind === "in-order") return true;
    refuse(index, "time-out-of-order", "hours that follow each other");
    return false;
  });
  return byClock(inOrder, timezone, lists.length);
}

function byClock(
  read: readonly { readonly index: number; readonly instant: number }[],
  timezone: string,
  values: number,
) {
  const clock = clockOf(timezone);
  const hours = new Map<string, Hour>();
  let repeated = 0;
  for (const { index, instant } of [...read].sort((a, b) => a.instant - b.instant)) {
    const period = clock(instant);
    if (hours.has(period)) repeated += values;
    else hours.set(period, { index, instant, period });
  }
  return { hours: [...hours.values()], repeated };
}

const timeShape = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):00$/;

/** Returns the time in milliseconds, read as UTC; null if it is not a full hour. */
function readTime(time: unknown): number | null {
  const match = typeof time === "string" ? timeShape.exec(time) : null;
  if (!match || !isIsoDay(match[1] ?? "")) return null;
  return Date.parse(`${match[1]}T${match[2]}:00:00Z`);
}

function periodOf(time: unknown): string | null {
  return readTime(time) === null ? null : String(time).slice(0, 13);
}
