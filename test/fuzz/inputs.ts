/** Makes random inputs of at most 20 KB from a seed: changes, repeats, moves or removes bytes, tokens and pieces of good inputs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../support/chance.ts";

export const inputBytesMax = 20_000;

export interface Chance {
  /** Returns an integer from 0 to `count` − 1. */
  below(count: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  return { below, pick: (from) => from[below(from.length)] ?? from[0] };
}

/** Texts with a meaning for the code under test. */
export type Tokens = readonly [string, ...string[]];

/** Returns the files of a folder of fixtures that are at most 20 KB. */
export function fixtures(folder: string, extension: string): Uint8Array[] {
  return readdirSync(join("test/fixtures", folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => new Uint8Array(readFileSync(join("test/fixtures", folder, name))))
    .filter(({ length }) => length > 0 && length <= inputBytesMax);
}

/** Returns a function that changes one of the good inputs, which are read on first use. */
export function changed(good: () => readonly Uint8Array[], tokens: Tokens): (chance: Chance) => Uint8Array {
  let inputs: readonly Uint8Array[] | undefined;
  return (chance) => {
    inputs ??= good();
    return mutate(inputs[chance.below(inputs.length)] ?? new Uint8Array(), chance, tokens);
  };
}

/** Changes a good input in one to six places. */
export function mutate(good: Uint8Array, chance: Chance, tokens: Tokens): Uint8Array {
  let bytes: Uint8Array = good.slice(0, inputBytesMax);
  for (let change = 1 + chance.below(6); change > 0; change--) bytes = mutateOnce(bytes, chance, tokens);
  return bytes.slice(0, inputBytesMax);
}

function mutateOnce(bytes: Uint8Array, chance: Chance, tokens: Tokens): Uint8Array {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(40));
  const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  const text = (value: string) => new TextEncoder().encode(value);
  switch (chance.below(7)) {
    case 0: {
      const copy = bytes.slice();
      if (copy.length > 0) copy[at % copy.length] = chance.below(256);
      return copy;
    }
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 2:
      return joined(bytes.subarray(0, at), text(chance.pick(tokens)), bytes.subarray(at));
    case 3:
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 4:
      return bytes.slice(0, at);
    case 5:
      return joined(
        bytes.subarray(0, at),
        text(chance.pick(tokens).repeat(1 + chance.below(2_000))),
        bytes.subarray(end),
      );
    default:
      return joined(bytes.subarray(0, at), text(chance.pick(tokens)), bytes.subarray(end));
  }
}
