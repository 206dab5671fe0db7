/** A schedule that does not fit the data is found, with the schedule that does. */
import { expect, test } from "vitest";
import type { Schedule } from "../../shared/forecasts/schedule.ts";
import { scheduleMismatch } from "../../shared/forecasts/schedule-fit.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";
import { addPeriods, firstDayOf } from "../../shared/period.ts";

const days = (count: number, step = 1) => Array.from({ length: count }, (_, at) => addDays("2025-01-01", at * step));
const onWeekdays = (count: number, ...weekdays: readonly number[]) =>
  days(count).filter((day) => weekdays.includes(isoWeekday(day)));
const months = Array.from({ length: 24 }, (_, at) => addPeriods("2024-01", at));
const firstDays = months.map(firstDayOf);

const every = (granularity: Schedule["every"], weekdays?: readonly number[]): Schedule => ({
  every: granularity,
  periods: "calendar",
  ...(weekdays && { weekdays }),
});

test.each<[string, Schedule, readonly string[], string]>([
  [
    "monthly values in a schedule of days",
    every("day"),
    firstDays,
    'The data has one value every month (2024-01-01, 2024-02-01, 2024-03-01, …), but the schedule has a period every day. Expected every: "month" in the schedule, and in the feed granularity: "month" and periods such as 2026-11.',
  ],
  [
    "monthly values in a schedule of weekdays",
    every("day", [1, 2, 3, 4, 5]),
    firstDays,
    'The data has one value every month (2024-01-01, 2024-02-01, 2024-03-01, …), but the schedule has a period every day. Expected every: "month" in the schedule, and in the feed granularity: "month" and periods such as 2026-11.',
  ],
  [
    "daily values in a schedule of hours",
    every("hour"),
    days(30).map((day) => `${day}T00`),
    'The data has one value every day (2025-01-01T00, 2025-01-02T00, 2025-01-03T00, …), but the schedule has a period every hour. Expected every: "day" in the schedule, and in the feed granularity: "day" and periods such as 2026-11-20.',
  ],
  [
    "quarterly values in a schedule of months",
    every("month"),
    months.filter((_, at) => at % 3 === 2),
    'The data has one value every quarter (2024-03, 2024-06, 2024-09, …), but the schedule has a period every month. Expected every: "quarter" in the schedule, and in the feed granularity: "quarter" and periods such as 2026-Q4.',
  ],
  [
    "values of two weeks",
    every("day"),
    days(20, 14).map((day, at) => addDays(day, at % 7)),
    "The data has a value about every 15 periods (2025-01-01, 2025-01-16, 2025-01-31, …), but the schedule has a period every day. Expected values for most periods of the schedule.",
  ],
  [
    "values of weekdays in a schedule of all days",
    every("day"),
    onWeekdays(140, 1, 2, 3, 4, 5),
    "The data has no values for Saturday, Sunday in 20 weeks, but the schedule contains them. Expected weekdays: [1, 2, 3, 4, 5] in the schedule.",
  ],
  [
    "weekly values in a schedule of weekdays",
    every("day", [1, 2, 3, 4, 5]),
    onWeekdays(140, 1),
    "The data has no values for Tuesday, Wednesday, Thursday, Friday in 19 weeks, but the schedule contains them. Expected weekdays: [1] in the schedule.",
  ],
  [
    "daily values in a schedule of weekdays",
    every("day", [1, 3, 5]),
    days(100),
    "The data has values for Tuesday, Thursday, Saturday, Sunday, which the schedule does not contain. Expected weekdays: [1, 2, 3, 4, 5, 6, 7] in the schedule.",
  ],
])("%s are reported", (_, schedule, observed, sentence) => {
  expect(scheduleMismatch(schedule, observed)).toBe(sentence);
  expect(scheduleMismatch({ ...schedule, periods: "published" }, observed)).toBe(sentence);
});

test.each<[string, Schedule, readonly string[]]>([
  ["daily values with gaps", every("day"), days(200).filter((_, at) => at % 9 > 1)],
  ["publications with holidays", every("day", [1, 3, 5]), onWeekdays(200, 1, 3, 5).filter((_, at) => at % 8 > 0)],
  [
    "few values on another day",
    every("day", [1, 2, 3, 4, 5]),
    [...onWeekdays(100, 1, 2, 3, 4, 5), "2025-01-04"].sort(),
  ],
  ["months", every("month"), months],
  ["too few values", every("day"), firstDays.slice(0, 7)],
  ["too few weeks", every("day"), onWeekdays(21, 1, 2, 3, 4, 5)],
  ["no values", every("day"), []],
])("%s are not", (_, schedule, observed) => {
  expect(scheduleMismatch(schedule, observed)).toBeNull();
});
