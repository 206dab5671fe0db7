/**
 * A seeded random number generator. One seed gives the same numbers in every JavaScript engine.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state and integer arithmetic only. A port to another
 * language takes ten lines and gives the same numbers. splitmix32 expands the seed into the state.
 */

const TWO_POW_32 = 4_294_967_296;
/** Outputs to discard so that neighbouring seeds are uncorrelated. The author recommends 12 or more. */
const WARM_UP = 15;

export interface Random {
  /** Returns a uniform number in [0, 1), a multiple of 2⁻³². */
  uniform(): number;
  /** Returns a uniform integer in [0, below); `below` in 1…2³². Unbiased (rejection sampling). */
  integer(below: number): number;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

/** Creates the generator for `seed`, any integer. Only its low 32 bits are used. */
export function createRandom(seed: number): Random {
  const spread = splitmix32(seed);
  let a = spread();
  let b = spread();
  let c = spread();
  let counter = 1;
  const next = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < WARM_UP; i++) next();
  return {
    uniform: () => next() / TWO_POW_32,
    integer: (below) => {
      const unbiasedBelow = TWO_POW_32 - (TWO_POW_32 % below);
      let drawn = next();
      while (drawn >= unbiasedBelow) drawn = next();
      return drawn % below;
    },
  };
}

/** Returns a function that returns the next 32 bits of the generator for `seed`. */
export function randomBitsOf(seed: number): () => number {
  const random = createRandom(seed);
  return () => random.integer(TWO_POW_32);
}

/**
 * Draws `size` of the integers 0…population−1 without replacement, in ascending order. Drawing all of them does not
 * advance `random`. Selection sampling (Knuth, algorithm S), O(population).
 */
export function sample(population: number, size: number, random: Random): Int32Array {
  const chosen = new Int32Array(size);
  if (size === population) {
    for (let i = 0; i < size; i++) chosen[i] = i;
    return chosen;
  }
  let taken = 0;
  for (let i = 0; i < population && taken < size; i++) {
    if (random.uniform() * (population - i) < size - taken) chosen[taken++] = i;
  }
  return chosen;
}

/** Counts how often each integer in 0…population−1 occurs in `population` draws with replacement. */
export function bootstrapCounts(population: number, random: Random): Int32Array {
  const counts = new Int32Array(population);
  for (let i = 0; i < population; i++) {
    const j = random.integer(population);
    counts[j] = (counts[j] ?? 0) + 1;
  }
  return counts;
}
