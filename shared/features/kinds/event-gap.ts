import { optional, text } from "../../lib/validate-json.ts";
import { windowOf } from "../timeline.ts";
import { eventKind } from "./kind.ts";
import { days, optionsOf } from "./options.ts";

/** Days from the event before the last one to the last one; NaN if it is more than `days` days earlier. O(log events). */
export const eventGap = eventKind({
  name: "event-gap",
  version: 1,
  options: optionsOf<{ readonly days: number; readonly variable?: string | undefined }>({
    days,
    variable: optional(text),
  }),
  days: (options) => options.days,
  compute(timed, options, asOf) {
    const { times } = windowOf(timed, asOf, options.days);
    return (times.at(-1) ?? Number.NaN) - (times.at(-2) ?? Number.NaN);
  },
});
