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
  /** Three words and a counter. Loops over many draws advance a copy in local variables. */
  readonly state: Int32Array;
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

/** Returns the next 32 bits and advances the state. */
function nextBits(state: Int32Array): number {
  const a = state[0] ?? 0;
  const b = state[1] ?? 0;
  const c = state[2] ?? 0;
  const counter = state[3] ?? 0;
  const out = (((a + b) | 0) + counter) | 0;
  state[3] = counter + 1;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + out) | 0;
  return out >>> 0;
}

/** Creates the generator for `seed`, any integer. Only its low 32 bits are used. */
export function createRandom(seed: number): Random {
  const spread = splitmix32(seed);
  // A typed array: variables of a closure with more than 31 bits are objects, and a draw takes five times as long.
  const state = Int32Array.of(spread(), spread(), spread(), 1);
  for (let i = 0; i < WARM_UP; i++) nextBits(state);
  return {
    state,
    uniform: () => nextBits(state) / TWO_POW_32,
    integer: (below) => {
      if (below === TWO_POW_32) return nextBits(state);
      const divisor = below >>> 0;
      // 2³² − (2³² mod below) − 1 is the largest draw that is not rejected. Remainders of 32-bit numbers are fast.
      const largest = ~((-divisor >>> 0) % divisor) >>> 0;
      let drawn = nextBits(state);
      while (drawn > largest) drawn = nextBits(state);
      return drawn % divisor;
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
export function sample(population: number, size: number, { state }: Random): Int32Array {
  const chosen = new Int32Array(size);
  if (size === population) {
    for (let i = 0; i < size; i++) chosen[i] = i;
    return chosen;
  }
  // The same steps as `nextBits`. In local variables a draw takes half as long.
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let counter = state[3] ?? 0;
  let taken = 0;
  for (let i = 0; i < population && taken < size; i++) {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    // A number that is not drawn is overwritten by the next one. A branch would be mispredicted often.
    chosen[taken] = i;
    taken += ((out >>> 0) / TWO_POW_32) * (population - i) < size - taken ? 1 : 0;
  }
  state.set([a, b, c, counter]);
  return chosen;
}

/** Counts how often each integer in 0…population−1 occurs in `draws` draws with replacement. */
export function bootstrapCounts(population: number, random: Random, draws = population): Int32Array {
  const counts = new Int32Array(population);
  for (let i = 0; i < draws; i++) {
    const j = random.integer(population);
    counts[j] = (counts[j] ?? 0) + 1;
  }
  return counts;
}
