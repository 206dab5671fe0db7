/** The content of a forecast's history: everything that its declaration and its served models read. */
import type { Forecast } from "../forecasts/forecast.ts";
import type { Source } from "../forecasts/source.ts";
import { type Stepped, stepsReach } from "../forecasts/steps-reach.ts";

/** The part of a declaration that determines the content of a history. */
export type HistoryNeeds = Pick<
  Forecast,
  "id" | "variable" | "dimensions" | "schedule" | "sources" | "events" | "features"
> & {
  /** Minimum number of periods. More are needed if features read more. */
  readonly periodsMin?: number;
};

/** The part of a served model's declaration that determines the variables it reads. */
export type ServedNeeds = Pick<HistoryNeeds, "sources" | "events" | "features">;

/** The steps of a declaration without them. */
const nextOnly = {
  steps: [1],
  task: "regression",
  target: { transform: "difference", decimals: 0 },
  seasonal: null,
} as const;

/**
 * Merges the current declaration with those of the served models into one that reads everything. If two of them define the same
 * variable differently, the current declaration wins, because a history contains a variable only once.
 */
export function historyNeeds(
  forecast: HistoryNeeds & Partial<Omit<Stepped, "features">>,
  served: readonly ServedNeeds[],
): HistoryNeeds {
  const { id, variable, dimensions, schedule } = forecast;
  const all = [forecast, ...served];
  const sources = served.flatMap((model) => model.sources).reduce(withSource, forecast.sources);
  const events = firstOfEachName(all.flatMap((declaration) => declaration.events ?? []));
  const features = distinct(all.flatMap((declaration) => declaration.features));
  const periodsMin = stepsReach({ ...nextOnly, ...forecast });
  return {
    id,
    variable,
    dimensions,
    schedule,
    sources,
    features,
    ...(events.length > 0 && { events }),
    ...(periodsMin > 1 && { periodsMin }),
  };
}

/** Adds the new variables of a source to a source with the same feed and settings, or as a separate source. */
function withSource(sources: readonly Source[], next: Source): readonly Source[] {
  const isKnown = (variable: string) =>
    sources.some(({ feed, variables }) => feed === next.feed && variables.includes(variable));
  const added = next.variables.filter((variable) => !isKnown(variable));
  if (added.length === 0) return sources;
  const same = sources.find((source) => settingsOf(source) === settingsOf(next));
  if (!same) return [...sources, { ...next, variables: added }];
  return sources.map((source) => (source === same ? { ...same, variables: [...same.variables, ...added] } : source));
}

function settingsOf({ variables: _, ...rest }: Source): string {
  return JSON.stringify(rest);
}

function firstOfEachName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return items.filter(({ name }, index) => items.findIndex((item) => item.name === name) === index);
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
