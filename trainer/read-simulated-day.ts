import { isIsoDay } from "../shared/lib/calendar.ts";
import { Failure } from "./failure.ts";

/** Feeds refuse the years before and after. */
const [first, last] = ["1995-01-01", "2199-12-31"];

/** Reads the day of `--date`. @throws Failure for another text, and for a day that the simulated publishers do not reach */
export function readSimulatedDay(text: string): string {
  if (!isIsoDay(text)) throw new Failure(`--date ${text} is not a day. Expected YYYY-MM-DD.`);
  if (text >= first && text <= last) return text;
  throw new Failure(`--date ${text} cannot be simulated. Expected a day from ${first} to ${last}.`);
}
