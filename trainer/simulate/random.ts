/**
 * Seeded random numbers. A stream is identified by its seed and a path of names. Drawing from one stream does not change
 * another, so that a longer period or a new series leaves all other data unchanged.
 */

export interface Random {
  /** Returns a number in [0, 1), in steps of 2⁻³². */
  uniform(): number;
  /** Returns a standard normal deviate: mean 0, standard deviation 1. */
  normal(): number;
  /** Returns a whole number in [0, below); `below` is at most 2³². */
  integer(below: number): number;
  /** Returns the stream with this name. It does not depend on the numbers that were drawn from this stream. */
  substream(name: string): Random;
}

/**
 * Returns the stream of a seed; `7` and `"7"` are the same seed.
 *
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period at least 2³². Normals: Box and Muller
 * (1958), one per two uniforms.
 */
export function randomFrom(seed: string | number): Random {
  return streamOf(String(seed));
}

/** Number of rounds that sfc32's author recommends to mix the seed. */
const WARM_UP_ROUNDS = 15;

function streamOf(path: string): Random {
  const next = sfc32(hash128(path));
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) next();
  const uniform = (): number => next() / 2 ** 32;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (below) => Math.floor(uniform() * below),
    // Names do not contain this separator, so that ("a", "b/c") and ("a/b", "c") are different streams.
    substream: (name) => streamOf(`${path}\u0000${name}`),
  };
}

type Words = readonly [number, number, number, number];

function sfc32(words: Words): () => number {
  let [a, b, c, counter] = words;
  return () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
}

/** Hashes a text to four 32-bit words: FNV-1a from four offsets, each with MurmurHash3's finalizer. */
function hash128(text: string): Words {
  return [fnv1a(text, 0x811c9dc5), fnv1a(text, 0x1b873593), fnv1a(text, 0xcc9e2d51), fnv1a(text, 0x9e3779b9)];
}

function fnv1a(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
