import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";
import { type Coordinates, drawPoint, fitParzen, logDensity } from "./parzen.ts";
import {
  checkSpace,
  coordinateOf,
  decode,
  type ParameterRange,
  type SearchPoint,
  type Space,
  type Trial,
} from "./space.ts";

const STARTUP_TRIALS = 10;
const CANDIDATES = 24;
const GOOD_SHARE = 0.1;
const GOOD_TRIALS_MAX = 25;

/**
 * Returns the next point to try, by a Tree-structured Parzen Estimator. It fits one density to the best tenth of the
 * trials and one to the rest, draws 24 candidates from the first density and returns the one with the largest ratio of
 * the two. The first ten trials are random. A point that was already tried is suggested only if no new one was found.
 *
 * `trials`: all trials so far, in order; they are the whole state. Complete trials rank first, by mean loss, then pruned
 * trials by number of folds. Failed trials, and trials from another space, are ignored. `random()` in [0, 1): seed it
 * from the search's seed and `trials.length`, so that a resumed search gives the same points as an uninterrupted one.
 * Densities are joint over all parameters: on Hartmann6 this halves the regret compared with one density per parameter.
 * O(parameters · trials · (24 + log trials)).
 * @see Bergstra et al. (2011), "Algorithms for hyper-parameter optimization"; Watanabe (2023), https://arxiv.org/abs/2304.11127
 */
export function suggest(space: Space, trials: readonly Trial[], random: () => number): SearchPoint {
  checkSpace(space);
  const ranges = Object.values(space);
  const placed = trials.flatMap((trial) => {
    const place = placeOf(space, trial.parameters);
    return place === null ? [] : [{ trial, place }];
  });
  const tried = new Set(placed.map(({ place }) => place.join()));
  const scored = placed.filter(({ trial }) => hasFiniteLoss(trial)).sort((a, b) => compareTrials(a.trial, b.trial));
  const ranked = scored.map(({ place }) => place);
  const proposals = ranked.length < STARTUP_TRIALS ? [] : bestFirst(ranges, ranked, random);
  const randomPlaces = Array.from({ length: CANDIDATES }, () => randomPlace(ranges, random));
  const candidates = [...proposals, ...randomPlaces];
  const chosen = candidates.find((place) => !tried.has(place.join())) ?? candidates[0] ?? [];
  return Object.fromEntries(
    Object.entries(space).map(([name, range], axis) => [name, decode(range, at(chosen, axis))]),
  );
}

/** Draws candidates from the density of the good trials. Sorts them by the ratio to the density of the others, largest first. */
function bestFirst(
  ranges: readonly ParameterRange[],
  ranked: readonly Coordinates[],
  random: () => number,
): Coordinates[] {
  const good = Math.min(Math.ceil(GOOD_SHARE * ranked.length), GOOD_TRIALS_MAX);
  const better = fitParzen(ranges, ranked.slice(0, good));
  const worse = fitParzen(ranges, ranked.slice(good));
  return Array.from({ length: CANDIDATES }, () => drawPoint(better, random))
    .map((place) => ({ place, gain: logDensity(better, place) - logDensity(worse, place) }))
    .sort((a, b) => b.gain - a.gain)
    .map(({ place }) => place);
}

function randomPlace(ranges: readonly ParameterRange[], random: () => number): Coordinates {
  return ranges.map((range) => {
    if (range.kind === "categorical") return Math.floor(random() * range.choices.length);
    const place = random();
    return coordinateOf(range, decode(range, place)) ?? place;
  });
}

/** Returns the coordinates of a trial, or null if it is from another space. */
function placeOf(space: Space, point: SearchPoint): Coordinates | null {
  const place: number[] = [];
  for (const [name, range] of Object.entries(space)) {
    const coordinate = coordinateOf(range, point[name]);
    if (coordinate === null) return null;
    place.push(coordinate);
  }
  return place;
}

function hasFiniteLoss({ state, folds }: Trial): boolean {
  return state !== "failed" && folds.length > 0 && folds.every(Number.isFinite);
}

function compareTrials(a: Trial, b: Trial): number {
  if (a.state !== b.state) return a.state === "complete" ? -1 : 1;
  if (a.state === "pruned" && a.folds.length !== b.folds.length) return b.folds.length - a.folds.length;
  return mean(a.folds) - mean(b.folds);
}
