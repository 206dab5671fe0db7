/** Options of several kinds, and their validation. */
import { nearest } from "../../lib/text-distance.ts";
import {
  integerFrom,
  listOf,
  objectOf,
  optional,
  type Shape,
  type ShapeMismatch,
  text,
} from "../../lib/validate-json.ts";

/** Validates an object with exactly these options. An unknown option is an error. */
export function optionsOf<Options extends object>(
  members: {
    readonly [Name in keyof Options]-?: Shape<Options[Name]>;
  },
): Shape<Options> {
  const shape = objectOf<Options>(members);
  return (value) => unknownOption(Object.keys(members), Object(value)) ?? shape(value);
}

function unknownOption(known: readonly string[], options: object): ShapeMismatch | null {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const meant = nearest(unknown, known);
  const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
  return { path: [unknown], expected: `one of the options ${known.join(", ")}${advice}` };
}

/** A number of observations or periods. */
export const periods = integerFrom(1);

/** A number of days. */
export const days = integerFrom(1);

export interface Periods {
  readonly periods: number;
}
export const periodsOptions = optionsOf<Periods>({ periods });

/** `variable` is another variable of the same series. Default: the target variable. */
export interface PeriodsOfVariable extends Periods {
  readonly variable?: string | undefined;
}
export const periodsOfVariableOptions = optionsOf<PeriodsOfVariable>({ periods, variable: optional(text) });

/** Peers are the other series that share these dimensions. An empty list means all other series. */
export interface Peers extends Periods {
  readonly dimensions: readonly string[];
}
export const peersOptions = optionsOf<Peers>({ periods, dimensions: listOf(text) });
