/** Compares a schedule with the periods that have values, to find a schedule that does not fit the data. */
import { daysBetween, isoWeekday } from "../lib/calendar.ts";
import { listText } from "../lib/list-text.ts";
import { enclosingPeriod, type Granularity, granularities, periodExamples, periodsBetween } from "../period.ts";
import { median } from "../stats/median.ts";
import { nextPeriod, type Schedule } from "./schedule.ts";

/** With fewer periods or weeks, the pattern of the periods may be chance. */
const observedMin = 8;
const weeksMin = 8;
/** A weekday with values in this share of the weeks is a day of publication. */
const oftenShare = 0.5;
/** A weekday with values in a smaller share of the weeks is not: single values may be mistakes or corrections. */
const neverShare = 0.02;

/**
 * Returns one sentence if a schedule does not fit the sorted periods that have values: monthly values in a schedule of days, or
 * other weekdays. It contains the schedule that fits. Null if it fits, or if there are too few periods. O(periods of the schedule).
 */
export function scheduleMismatch(schedule: Schedule, observed: readonly string[]): string | null {
  if (observed.length < observedMin) return null;
  return weekdayMismatch(schedule, observed) ?? lengthMismatch(schedule, observed);
}

const weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const allWeekdays = weekdayNames.map((_, at) => at + 1);
const namesOf = (weekdays: readonly number[]) => listText(weekdays.map((day) => weekdayNames[day - 1] ?? ""));

function weekdayMismatch({ every, weekdays: scheduled = allWeekdays }: Schedule, observed: readonly string[]) {
  const weeks = every === "day" ? (daysBetween(observed[0] ?? "", observed.at(-1) ?? "") + 1) / allWeekdays.length : 0;
  if (weeks < weeksMin) return null;
  const counts = allWeekdays.map((day) => observed.filter((period) => isoWeekday(period) === day).length);
  const shareOf = (day: number) => (counts[day - 1] ?? 0) / weeks;
  const often = allWeekdays.filter((day) => shareOf(day) >= oftenShare);
  const never = scheduled.filter((day) => shareOf(day) < neverShare);
  const extra = often.filter((day) => !scheduled.includes(day));
  const fitting = allWeekdays.filter((day) => often.includes(day) || (scheduled.includes(day) && !never.includes(day)));
  const expected = `Expected weekdays: [${fitting.join(", ")}] in the schedule.`;
  if (extra.length > 0)
    return `The data has values for ${namesOf(extra)}, which the schedule does not contain. ${expected}`;
  // Without a day on which values are usual, the values are rarer than weeks.
  return never.length > 0 && often.length > 0
    ? `The data has no values for ${namesOf(never)} in ${Math.floor(weeks)} weeks, but the schedule contains them. ${expected}`
    : null;
}

function lengthMismatch(schedule: Schedule, observed: readonly string[]): string | null {
  const { every } = schedule;
  const typical = median(pairsOf(observed, (before, after) => periodsUntil(schedule, before, after)));
  if (typical < 2) return null;
  const fitting = granularities.slice(granularities.indexOf(every) + 1).find((longer) => isOneEach(longer, observed));
  const examples = `${observed.slice(0, 3).join(", ")}, …`;
  const but = `but the schedule has a period every ${every}.`;
  if (fitting === undefined)
    return `The data has a value about every ${typical} periods (${examples}), ${but} Expected values for most periods of the schedule.`;
  const example = periodExamples[fitting];
  return `The data has one value every ${fitting} (${examples}), ${but} Expected every: "${fitting}" in the schedule, and in the feed granularity: "${fitting}" and periods such as ${example}.`;
}

/** Returns whether the periods are in consecutive longer periods, one in each. Single gaps are allowed. */
function isOneEach(longer: Granularity, observed: readonly string[]): boolean {
  const enclosing = observed.map((period) => enclosingPeriod(period, longer));
  return new Set(enclosing).size === observed.length && median(pairsOf(enclosing, periodsBetween)) === 1;
}

/** Returns the number of periods of the schedule after `before`, up to and including `after`. */
function periodsUntil(schedule: Schedule, before: string, after: string): number {
  if (schedule.weekdays === undefined) return periodsBetween(before, after);
  let count = 0;
  for (let period = before; period < after; period = nextPeriod(schedule, period)) count++;
  return count;
}

function pairsOf(periods: readonly string[], measure: (before: string, after: string) => number): number[] {
  return periods.slice(1).map((after, at) => measure(periods[at] ?? after, after));
}
