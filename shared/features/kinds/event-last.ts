import { optional, text } from "../../lib/validate-json.ts";
import { eventKind } from "./kind.ts";
import { optionsOf } from "./options.ts";

/** The variable at the last event or in the last statement; the target without `variable`. NaN if there is none. O(1). */
export const eventLast = eventKind({
  name: "event-last",
  version: 1,
  options: optionsOf<{ readonly variable?: string | undefined }>({ variable: optional(text) }),
  pastValue: () => ({ back: 1, counts: "observations" }),
  days: () => 0,
  compute: ({ values }) => values.at(-1) ?? Number.NaN,
});
