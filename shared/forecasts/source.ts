/** The feeds that a forecast is made of: which of their variables it uses, and when each value is known. */
import { type Reduction, reducedNames } from "../features/reduce.ts";

/** A feed as one forecast uses it. */
export interface Source {
  readonly feed: string;
  /** Names of the feed's variables. Every name, after the reduction, belongs to one source only. */
  readonly variables: readonly string[];
  /**
   * How many of the forecast's periods after its own period a value is published: 0 where it is known when its period is
   * complete. A prediction is made once the target's last value is published, so a source that is published `n` periods later
   * than the target's shows its value of `n` periods earlier.
   */
  readonly lag: number;
  /**
   * The feed's dimensions, in its order, where they are not the forecast's: fewer of the forecast's, or none. A series gets the
   * values of the source's series with which it shares them. The source of the target has all of the forecast's.
   */
  readonly dimensions?: readonly string[];
  /** How the feed's periods become the forecast's, which are coarser; left out where both are the same. */
  readonly reduce?: Reduction;
}

/** A variable of 0 and 1: whether another variable is above a bound. Missing where that variable is. */
export interface EventRule {
  readonly name: string;
  readonly of: string;
  readonly above: number;
}

/** The part of a forecast that says where its values come from. */
export interface Sourced {
  readonly id: string;
  readonly variable: string;
  readonly sources: readonly Source[];
  readonly events?: readonly EventRule[];
}

/** Returns the names under which a forecast knows a source's values, events among them. */
export function variablesOf({ events = [] }: Pick<Sourced, "events">, source: Source): string[] {
  const names = source.reduce === undefined ? [...source.variables] : reducedNames(source.reduce, source.variables);
  return [...names, ...events.filter(({ of }) => names.includes(of)).map(({ name }) => name)];
}

/** Returns the source that a variable comes from; undefined where none has it. */
export function sourceOf(forecast: Pick<Sourced, "sources" | "events">, variable: string): Source | undefined {
  return forecast.sources.find((source) => variablesOf(forecast, source).includes(variable));
}

/** Returns the source that the target comes from. Throws where the declaration has none. */
export function targetSourceOf(forecast: Sourced): Source {
  const source = sourceOf(forecast, forecast.variable);
  if (source) return source;
  throw new RangeError(`forecast ${forecast.id} predicts ${forecast.variable}, which none of its sources has`);
}

/** Returns how many periods after the target's values a source's are published; negative where it is before them. */
export function shiftOf(forecast: Sourced, source: Source): number {
  return source.lag - targetSourceOf(forecast).lag;
}

/** Returns the ids of the feeds that a forecast reads, each once, in the order of its sources. */
export function feedIdsOf({ sources }: Pick<Sourced, "sources">): string[] {
  return [...new Set(sources.map(({ feed }) => feed))];
}
