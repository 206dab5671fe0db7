import { textOf } from "../../lib/validate-json.ts";
import { type CalendarPart, calendarPart, calendarParts } from "../calendar-part.ts";
import { calendarKind } from "./kind.ts";
import { optionsOf } from "./options.ts";

/** A part of the target period's date, which is known in advance. */
export const calendar = calendarKind({
  name: "calendar",
  version: 1,
  options: optionsOf<{ readonly part: CalendarPart }>({ part: textOf(calendarParts) }),
  compute: ({ target, last }, { part }) => calendarPart(part, target, last),
});
