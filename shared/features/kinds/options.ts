/** The options that several kinds share, and their validation. */
import { integerFrom, listOf, type Mismatch, objectOf, optional, type Shape, text } from "../../lib/validate-json.ts";

/** Validates an object of exactly these options: an option that a kind does not read is a mistake, not a comment. */
export function optionsOf<Options extends object>(
  members: {
    readonly [Name in keyof Options]-?: Shape<Options[Name]>;
  },
): Shape<Options> {
  const shape = objectOf<Options>(members);
  return (value) => shape(value) ?? unknownOption(Object.keys(members), Object(value));
}

function unknownOption(known: readonly string[], options: object): Mismatch | null {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  return unknown === undefined ? null : { path: [unknown], expected: `one of the options ${known.join(", ")}` };
}

/** A number of observations or periods. */
export const periods = integerFrom(1);

export interface Periods {
  readonly periods: number;
}
export const periodsOptions = optionsOf<Periods>({ periods });

/** `variable` names another variable of the same series; the target variable where it is left out. */
export interface PeriodsOfVariable extends Periods {
  readonly variable?: string | undefined;
}
export const periodsOfVariableOptions = optionsOf<PeriodsOfVariable>({ periods, variable: optional(text) });

/** Peers are the other series that share these dimensions; all other series where the list is empty. */
export interface Peers extends Periods {
  readonly dimensions: readonly string[];
}
export const peersOptions = optionsOf<Peers>({ periods, dimensions: listOf(text) });
