/**
 * Validates JSON in plain code, for `predict`: a schema library would be most of its bundle, and its first use takes longer than
 * loading a model. Everywhere else the zod schemas of `shared/api` and `shared/registry` validate.
 */
import { failure, type Result, success } from "./result.ts";

/** What does not fit: where, and what was expected there. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/** Null for a value that has the shape. */
export type Shape<T> = ((value: unknown) => Misfit | null) & { readonly is?: T };

/** Returns the value as its type where it has the shape, else one sentence: `path: expected …`. Members beyond the shape stay. O(size of the value). */
export function shaped<T>(shape: Shape<T>, value: unknown): Result<T> {
  const misfit = shape(value);
  if (misfit !== null) return failure(`${misfit.path.join(".") || "all of it"}: expected ${misfit.expected}`);
  return success(value as T);
}

function shapeOf<T>(isIt: (value: unknown) => boolean, expected: string): Shape<T> {
  const misfit = { path: [], expected };
  return (value) => (isIt(value) ? null : misfit);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const anything: Shape<unknown> = () => null;
export const list = shapeOf<unknown[]>(Array.isArray, "a list");
export const object = shapeOf<Record<string, unknown>>(isObject, "an object");
export const text = shapeOf<string>((value) => typeof value === "string", "text");
export const boolean = shapeOf<boolean>((value) => typeof value === "boolean", "true or false");
export const finite = shapeOf<number>(Number.isFinite, "a finite number");

export function textLike(pattern: RegExp): Shape<string> {
  return shapeOf((value) => typeof value === "string" && pattern.test(value), `text like ${pattern.source}`);
}

export function integerFrom(least: number): Shape<number> {
  const isIt = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least;
  return shapeOf(isIt, `a whole number from ${least}`);
}

export function numberBetween(least: number, most: number): Shape<number> {
  return shapeOf(
    (value) => Number(value) >= least && Number(value) <= most && typeof value === "number",
    `${least} to ${most}`,
  );
}

export function exactly<const T extends string | number>(wanted: T): Shape<T> {
  return shapeOf((value) => value === wanted, JSON.stringify(wanted));
}

/** One of these texts. */
export function textOf<const T extends string>(allowed: readonly T[]): Shape<T> {
  const names: readonly string[] = allowed;
  return shapeOf((value) => typeof value === "string" && names.includes(value), `one of ${names.join(", ")}`);
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

/** May be left out. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? null : shape(value));
}

/** The first of two that fits. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value) => (first(value) === null ? null : second(value));
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) return { path: [], expected: "a list" };
    for (let at = 0; at < value.length; at++) {
      const misfit = shape(value[at]);
      if (misfit !== null) return within(at, misfit);
    }
    return null;
  };
}

/** Finite numbers, or null where there is none: one loop, for a history has ten thousand and is read before a first answer. */
export const listOfGaps: Shape<(number | null)[]> = (value) => {
  if (!Array.isArray(value)) return { path: [], expected: "a list" };
  for (let at = 0; at < value.length; at++) {
    const one: unknown = value[at];
    if (one !== null && !Number.isFinite(one)) return { path: [at], expected: "a finite number" };
  }
  return null;
};

/** An object of any names. */
export function dictionaryOf<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return (value) => {
    if (!isObject(value)) return { path: [], expected: "an object" };
    for (const name of Object.keys(value)) {
      const misfit = shape(value[name]);
      if (misfit !== null) return within(name, misfit);
    }
    return null;
  };
}

/** An object with at least these members. */
export function objectOf<T extends object>(members: { readonly [Name in keyof T]-?: Shape<T[Name]> }): Shape<T> {
  const entries: [string, Shape<unknown>][] = Object.entries(members);
  return (value) => {
    if (!isObject(value)) return { path: [], expected: "an object" };
    for (const [name, shape] of entries) {
      const misfit = shape(value[name]);
      if (misfit !== null) return within(name, misfit);
    }
    return null;
  };
}

function within(step: string | number, { path, expected }: Misfit): Misfit {
  return { path: [step, ...path], expected };
}
