/**
 * Validates JSON without a schema library, for the Worker `predict`. A schema library would be most of its bundle, and its first
 * use takes longer than loading a model. All other code uses the zod schemas of `shared/api` and `shared/registry`.
 */
import { failure, type Result, success } from "./result.ts";

/** The first member that does not match: its path, and what was expected there. */
export interface ShapeMismatch {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/** Returns null for a value that matches. */
export type Shape<T> = ((value: unknown) => ShapeMismatch | null) & { readonly is?: T };

/** Returns the value with its type, or the error `path: expected …`. Accepts additional members. O(size of the value). */
export function validateJson<T>(shape: Shape<T>, value: unknown): Result<T> {
  const mismatch = shape(value);
  if (mismatch !== null) return failure(`${mismatch.path.join(".") || "the value"}: expected ${mismatch.expected}`);
  return success(value as T);
}

function shapeOf<T>(matches: (value: unknown) => boolean, expected: string): Shape<T> {
  const mismatch = { path: [], expected };
  return (value) => (matches(value) ? null : mismatch);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const list = shapeOf<unknown[]>(Array.isArray, "a list");
export const object = shapeOf<Record<string, unknown>>(isObject, "an object");
export const text = shapeOf<string>((value) => typeof value === "string", "text");

export const boolean = shapeOf<boolean>((value) => typeof value === "boolean", "true or false");

export function textLike(pattern: RegExp): Shape<string> {
  return shapeOf((value) => typeof value === "string" && pattern.test(value), `text like ${pattern.source}`);
}

export function integerFrom(least: number): Shape<number> {
  const matches = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least;
  return shapeOf(matches, `a whole number from ${least}`);
}

export function numberBetween(least: number, most: number): Shape<number> {
  return shapeOf(
    (value) => Number(value) >= least && Number(value) <= most && typeof value === "number",
    `${least} to ${most}`,
  );
}

/** Accepts one of these texts. */
export function textOf<const T extends string>(allowed: readonly T[]): Shape<T> {
  const names: readonly string[] = allowed;
  return shapeOf((value) => typeof value === "string" && names.includes(value), `one of ${names.join(", ")}`);
}

/** Accepts a missing member too. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? null : shape(value));
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) return { path: [], expected: "a list" };
    for (let at = 0; at < value.length; at++) {
      const mismatch = shape(value[at]);
      if (mismatch !== null) return within(at, mismatch);
    }
    return null;
  };
}

/** Accepts finite numbers and null. A single loop, because a history has ten thousand values and delays the first answer. */
export const listOfNumbersOrNull: Shape<(number | null)[]> = (value) => {
  if (!Array.isArray(value)) return { path: [], expected: "a list" };
  for (let at = 0; at < value.length; at++) {
    const item: unknown = value[at];
    if (item !== null && !Number.isFinite(item)) return { path: [at], expected: "a finite number" };
  }
  return null;
};

/** Accepts an object with any names. */
export function dictionaryOf<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return (value) => {
    if (!isObject(value)) return { path: [], expected: "an object" };
    for (const name of Object.keys(value)) {
      const mismatch = shape(value[name]);
      if (mismatch !== null) return within(name, mismatch);
    }
    return null;
  };
}

/** Accepts an object with at least these members. */
export function objectOf<T extends object>(members: { readonly [Name in keyof T]-?: Shape<T[Name]> }): Shape<T> {
  const entries: [string, Shape<unknown>][] = Object.entries(members);
  return (value) => {
    if (!isObject(value)) return { path: [], expected: "an object" };
    for (const [name, shape] of entries) {
      const mismatch = shape(value[name]);
      if (mismatch !== null) return within(name, mismatch);
    }
    return null;
  };
}

function within(step: string | number, { path, expected }: ShapeMismatch): ShapeMismatch {
  return { path: [step, ...path], expected };
}
