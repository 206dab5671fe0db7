import { optional, text, textOf } from "../../lib/validate-json.ts";
import { windowOf } from "../timeline.ts";
import { eventKind } from "./kind.ts";
import { days, optionsOf } from "./options.ts";

/** Statistics of the values in a window, which contains at least the last event. Sums are in order of time. */
const statistics = {
  count: (values: Float64Array) => values.length,
  sum: (values: Float64Array) => values.reduce((sum, value) => sum + value, 0),
  mean: (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values: Float64Array) => Math.max(...values),
} as const;

type Statistic = keyof typeof statistics;
const names = Object.keys(statistics) as Statistic[];

interface Options {
  readonly days: number;
  readonly statistic: Statistic;
  readonly variable?: string | undefined;
}

/** A statistic of a variable over the events of the last `days` days up to the last one; of the target without `variable`. O(events). */
export const eventWindow = eventKind({
  name: "event-window",
  version: 1,
  options: optionsOf<Options>({ days, statistic: textOf(names), variable: optional(text) }),
  days: (options) => options.days,
  compute(timed, options, asOf) {
    const { values } = windowOf(timed, asOf, options.days);
    return values.length === 0 ? Number.NaN : statistics[options.statistic](values);
  },
});
