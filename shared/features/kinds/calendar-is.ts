import { integerFrom, textOf } from "../../lib/validate-json.ts";
import { type CalendarPart, calendarPart, calendarParts } from "../calendar-part.ts";
import { calendarKind } from "./kind.ts";
import { optionsOf } from "./options.ts";

/** 1 if a part of the target's date has one value, otherwise 0: a category of the calendar for linear models. */
export const calendarIs = calendarKind({
  name: "calendar-is",
  version: 1,
  options: optionsOf<{ readonly part: CalendarPart; readonly value: number }>({
    part: textOf(calendarParts),
    value: integerFrom(0),
  }),
  compute: ({ target, last }, { part, value }) => Number(calendarPart(part, target, last) === value),
});
