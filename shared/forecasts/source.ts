/** The feeds of a forecast: the variables that it reads, and when each value is known. */
import { type Reduction, reducedNames } from "../features/reduce.ts";

/** A feed as one forecast uses it. */
export interface Source {
  readonly feed: string;
  /** Names of the feed's variables. After the reduction every name must belong to a single source. */
  readonly variables: readonly string[];
  /**
   * How many periods after its own period a value is published; 0 if it is known when its period is complete. A prediction is
   * made once the target's last value is published. A source that is published `n` periods after the target therefore
   * contributes its value from `n` periods earlier.
   */
  readonly lag: number;
  /**
   * The feed's dimensions, in its order. Set it if they are a part of the forecast's dimensions, or none. A series gets the values
   * of the source's series with the same dimensions. The target's source must have all dimensions of the forecast.
   */
  readonly dimensions?: readonly string[];
  /** How the feed's periods are reduced to the forecast's longer periods. Not set if both are equal. */
  readonly reduce?: Reduction;
  /**
   * The values are at points in time, not in periods. The target's source has `events`: each is a series of the feed, and those
   * with the same dimensions of the forecast are the events of one series. Another source has `statements`: a value holds from
   * the end of its period until the next one.
   */
  readonly timed?: EventsRule | { readonly kind: "statements" };
}

export interface EventsRule {
  readonly kind: "events";
  /** The variable with the seconds from the beginning of the period's day to the event. */
  readonly second: string;
  /** A series without an event for this number of days is not forecast any more. */
  readonly activeDays: number;
}

/** A 0/1 variable: whether another variable is above a bound. Missing if that variable is missing. */
export interface EventRule {
  readonly name: string;
  readonly of: string;
  readonly above: number;
}

/** The part of a forecast that determines the source of its values. */
export interface Sourced {
  readonly id: string;
  readonly variable: string;
  readonly sources: readonly Source[];
  readonly events?: readonly EventRule[];
}

/** Returns the names of a source's variables in the forecast, including events. */
export function variablesOf({ events = [] }: Pick<Sourced, "events">, source: Source): string[] {
  const names = source.reduce === undefined ? [...source.variables] : reducedNames(source.reduce, source.variables);
  return [...names, ...events.filter(({ of }) => names.includes(of)).map(({ name }) => name)];
}

/** Returns the source of a variable, or undefined. */
export function sourceOf(forecast: Pick<Sourced, "sources" | "events">, variable: string): Source | undefined {
  return forecast.sources.find((source) => variablesOf(forecast, source).includes(variable));
}

/** Returns the source of the target. Throws if the declaration has none. */
export function targetSourceOf(forecast: Sourced): Source {
  const source = sourceOf(forecast, forecast.variable);
  if (source) return source;
  throw new RangeError(`forecast ${forecast.id} predicts ${forecast.variable}: expected a source with this variable`);
}

/** Returns the rule of events of the target's source; null if it has periods. */
export function eventsRuleOf(forecast: Sourced): EventsRule | null {
  const { timed } = targetSourceOf(forecast);
  return timed?.kind === "events" ? timed : null;
}

/** Returns how many periods after the target a source is published; negative if it is published earlier. */
export function shiftOf(forecast: Sourced, source: Source): number {
  return source.lag - targetSourceOf(forecast).lag;
}

/** Returns the distinct ids of the feeds that a forecast reads, in the order of its sources. */
export function feedIdsOf({ sources }: Pick<Sourced, "sources">): string[] {
  return [...new Set(sources.map(({ feed }) => feed))];
}
