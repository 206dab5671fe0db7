import { isIsoDay } from "../../lib/calendar.ts";
import { minuteMs } from "../../lib/durations.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";

export interface Timestamp {
  /** Milliseconds since 1970, UTC. */
  readonly instant: number;
  /** False if the text has no zone. It is then read as UTC. */
  readonly hasZone: boolean;
}

const shape =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?$/i;
/** Earlier years are typing errors. */
const firstYear = "1990";

/** Reads a date and time as ISO 8601, with `Z`, an offset or no zone. */
export function readTimestamp(value: unknown): Result<Timestamp, Pick<Problem, "reason" | "expected">> {
  const match = typeof value === "string" ? shape.exec(value.trim()) : null;
  const [, day = "", hour, minute, second = "00", fraction = "", zone] = match ?? [];
  if (!match || !isIsoDay(day))
    return failure({ reason: "unreadable-time", expected: "a date and time as 2025-10-18T14:32:00Z" });
  if (day < firstYear) return failure({ reason: "implausible-time", expected: `a year from ${firstYear}` });
  const local = Date.parse(`${day}T${hour}:${minute}:${second}Z`) + Math.floor(Number(`0${fraction}`) * 1000);
  return success({ instant: local - offsetMinutes(zone) * minuteMs, hasZone: zone !== undefined });
}

function offsetMinutes(zone = "Z"): number {
  if (zone.toUpperCase() === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith("-") ? -minutes : minutes;
}
