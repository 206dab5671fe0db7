/** When a failed delivery is tried again. */
import { minuteMs } from "../lib/durations.ts";

/** Minutes between a try and the next one: 23 hours and 45 minutes together. */
const delayMinutes = [15, 30, 60, 120, 240, 480, 480] as const;

/** The first try and one after each delay. */
export const triesMax = delayMinutes.length + 1;

/** Returns the time of the next try after `tries` failed ones, ISO 8601; null if there is none. */
export function nextTryAt(tries: number, at: Date): string | null {
  const minutes = delayMinutes[tries - 1];
  return minutes === undefined ? null : new Date(at.getTime() + minutes * minuteMs).toISOString();
}
