/** The size of a distribution in the track record. */
import { ascendingDistribution, type Distribution } from "../distributions/distribution.ts";
import { at } from "../stats/numbers.ts";

/** A distribution with more values is reduced. Those of models have at most 201. */
const unreducedMax = 201;
/** Neighbouring values are merged until they have this share of the probability of their tail together … */
const mergedShare = 0.25;
/** … but at least and at most this probability. */
const [mergedMin, mergedMax] = [1e-5, 0.01];

/** Probabilities are multiples of 2⁻²⁴, which float32 represents exactly, and their sum is exactly 1. */
const massUnits = 2 ** 24;

/**
 * Returns a distribution as it is published: in whole units, with at most 400 values, and with probabilities that a column of
 * float32 stores without rounding. A score from a file therefore equals one that is computed before the file is written.
 *
 * More than 201 values are reduced: neighbours of a small probability are merged to their rounded mean, less of them in the tails.
 * The CRPS then changes by less than 1 %. O(n).
 */
export function storedDistribution(distribution: Distribution): Distribution {
  const { values, masses } = distribution.values.length > unreducedMax ? reduced(distribution) : distribution;
  return ascendingDistribution(values, representable(masses));
}

/** Rounds the cumulative probabilities, so that the sum stays 1. A probability below half a unit may become 0. */
function representable(masses: Float64Array): Float64Array {
  let [sum, before] = [0, 0];
  return masses.map((mass, i) => {
    sum += mass;
    const upTo = i === masses.length - 1 ? 1 : Math.round(Math.min(1, sum) * massUnits) / massUnits;
    const own = upTo - before;
    before = upTo;
    return own;
  });
}

function reduced({ values, masses }: Distribution): Distribution {
  const merged = { values: new Float64Array(values.length), masses: new Float64Array(values.length) };
  let count = 0;
  let [sum, mass, before] = [0, 0, 0];
  const close = () => {
    if (mass === 0) return;
    merged.values[count] = Math.round(sum / mass);
    merged.masses[count++] = mass;
    [sum, mass] = [0, 0];
  };
  for (let i = 0; i < values.length; i++) {
    const own = at(masses, i);
    const tail = Math.min(before + own, 1 - before);
    const enough = Math.min(mergedMax, Math.max(mergedMin, mergedShare * tail));
    // A value of its own weight is not moved by its neighbours: the last value of a price that mostly stays.
    if (own >= enough) close();
    sum += own * at(values, i);
    mass += own;
    before += own;
    if (mass >= enough) close();
  }
  close();
  // Copies, because a part of an array holds the whole array in memory.
  return { values: merged.values.slice(0, count), masses: merged.masses.slice(0, count) };
}
