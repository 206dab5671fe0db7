/** Reads the option `--trained-to`. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { granularityOf, periodForms, rangeIn } from "../../shared/period.ts";
import { Failure } from "../failure.ts";

/**
 * Returns the last period of a file's training data, in the periods of the forecast: of a day its last hour, or the whole
 * month or quarter that contains it. An hour may end in `:00`, as in `train.csv`. @throws Failure if it is no period.
 */
export function readTrainedTo(text: string, { schedule }: Pick<Forecast, "schedule">): string {
  const period = text.replace(/(?<=T\d\d):00$/, "");
  const to = granularityOf(period) === null ? undefined : rangeIn(schedule.every, { from: undefined, to: period }).to;
  if (to !== undefined) return to;
  const forms = [...new Set([periodForms.day, periodForms[schedule.every]])].join(" or ");
  throw new Failure(`--trained-to ${text} is not a period. Expected ${forms}.`);
}
