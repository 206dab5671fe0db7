import { text } from "../../lib/validate-json.ts";
import { eventKind } from "./kind.ts";
import { optionsOf } from "./options.ts";

/** Days from a stated day (in days since 1970-01-01) to the end of the last event's day; NaN if none was stated. O(1). */
export const eventAge = eventKind({
  name: "event-age",
  version: 1,
  options: optionsOf<{ readonly variable: string }>({ variable: text }),
  days: () => 0,
  compute: ({ values }, _, asOf) => Math.floor(asOf) - (values.at(-1) ?? Number.NaN),
});
