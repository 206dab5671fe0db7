/** Checks of a forecast of the next event. Each returns one sentence per mistake. */
import { boundFeature } from "../features/feature.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { listText } from "../lib/list-text.ts";
import type { DeclaredFeed } from "./check-sources.ts";
import type { Forecast } from "./forecast.ts";
import { sourceOf } from "./source.ts";

/** Finds sources of events or statements where they are not possible, and sources without them where they are needed. */
export function wrongTimed(forecast: Forecast): string[] {
  const target = sourceOf(forecast, forecast.variable);
  const hasEvents = target?.timed?.kind === "events";
  return forecast.sources.flatMap((source) => {
    const { feed, timed, variables, reduce } = source;
    if (timed !== undefined && reduce !== undefined)
      return [`Source ${feed} is timed and has a reduction; expected one of them.`];
    if (source !== target) {
      const expected = hasEvents ? "statements" : undefined;
      return timed?.kind === expected
        ? []
        : [`Source ${feed} is timed as ${timed?.kind ?? "nothing"}; expected ${expected ?? "nothing, as the target"}.`];
    }
    if (timed === undefined) return [];
    if (timed.kind === "statements") return [`The target's source ${feed} has statements; expected events.`];
    return variables.includes(timed.second)
      ? []
      : [
          withSuggestion(
            `Source ${feed} has no variable ${timed.second}, its second of the day`,
            timed.second,
            variables,
          ),
        ];
  });
}

/** Finds features of periods in a forecast of events, and features of events in another one. */
export function wrongEventFeatures(forecast: Forecast): string[] {
  const hasEvents = sourceOf(forecast, forecast.variable)?.timed?.kind === "events";
  return forecast.features
    .filter((feature) => (boundFeature(feature).eventDays !== null) !== hasEvents)
    .map(
      ({ name, kind }) => `Feature ${name} is of kind ${kind}; expected a kind of ${hasEvents ? "events" : "periods"}.`,
    );
}

/** Checks that a forecast of events has only what is possible for them: days, the next event, series of the first dimensions. */
export function wrongEvents(forecast: Forecast, feeds: readonly DeclaredFeed[]): string[] {
  const target = sourceOf(forecast, forecast.variable);
  if (target?.timed?.kind !== "events") return [];
  const { dimensions, schedule, steps, groups = [], change, seasonal } = forecast;
  const own = feeds.find(({ id }) => id === target.feed)?.dimensions ?? [];
  const first = own.slice(0, -1);
  return [
    ...(schedule.every === "day" && schedule.periods === "calendar"
      ? []
      : [`Its events are scheduled every ${schedule.every}; expected every day of the calendar.`]),
    ...(steps.length === 1 ? [] : [`It has ${steps.length} steps; expected only the next event.`]),
    ...(groups.length === 0 && change === null && seasonal === null
      ? []
      : ["It declares groups, a change or a season, which events do not have; expected none."]),
    ...(own.length > 1 && first.join("\n") === dimensions.join("\n")
      ? []
      : [
          `The forecast declares dimensions: ${listText(dimensions)}; expected the dimensions of ${target.feed} without the last one, which identifies an event: ${listText(first)}.`,
        ]),
  ];
}
