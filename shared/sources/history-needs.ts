/** What the online history of a forecast has to hold: what its declaration reads, and what its served models read. */
import type { Forecast } from "../forecasts/forecast.ts";
import type { Source } from "../forecasts/source.ts";

/** The part of a declaration that decides what a history holds. */
export type HistoryNeeds = Pick<
  Forecast,
  "id" | "variable" | "dimensions" | "schedule" | "sources" | "events" | "features"
>;

/** What a served model reads. */
export type ServedNeeds = Pick<HistoryNeeds, "sources" | "events" | "features">;

/**
 * Returns one declaration that reads everything that today's declaration and the served models read. Where two of them
 * reduce or define the same variable differently, today's declaration decides, because a history holds it once.
 */
export function historyNeeds(forecast: HistoryNeeds, served: readonly ServedNeeds[]): HistoryNeeds {
  const { id, variable, dimensions, schedule } = forecast;
  const all = [forecast, ...served];
  const sources = served.flatMap((one) => one.sources).reduce(withSource, forecast.sources);
  const events = firstOfEachName(all.flatMap((one) => one.events ?? []));
  const features = distinct(all.flatMap((one) => one.features));
  return { id, variable, dimensions, schedule, sources, features, ...(events.length > 0 && { events }) };
}

/** Adds the variables of a source that no other source has, to the source that treats its feed in the same way. */
function withSource(sources: readonly Source[], next: Source): readonly Source[] {
  const isKnown = (variable: string) =>
    sources.some(({ feed, variables }) => feed === next.feed && variables.includes(variable));
  const added = next.variables.filter((variable) => !isKnown(variable));
  if (added.length === 0) return sources;
  const same = sources.find((source) => treatment(source) === treatment(next));
  if (!same) return [...sources, { ...next, variables: added }];
  return sources.map((source) => (source === same ? { ...same, variables: [...same.variables, ...added] } : source));
}

function treatment({ variables: _, ...rest }: Source): string {
  return JSON.stringify(rest);
}

function firstOfEachName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return items.filter(({ name }, index) => items.findIndex((item) => item.name === name) === index);
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
