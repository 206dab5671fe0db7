import { normalCdf } from "../stats/normal.ts";
import { at } from "../stats/numbers.ts";
import { type Choice, coordinateOf, decode, type ParameterRange, stepAt } from "./space.ts";

/**
 * The minimum width of a kernel is the range ÷ the number of kernels, but at least the range ÷ this number. With few
 * trials kernels are therefore wide, so that the search explores enough.
 */
const KERNELS_PER_RANGE_MAX = 100;
const DRAWS_MAX = 100;
/** The center of the prior's kernel on a categorical axis: all choices have equal probability. */
const ANY_CHOICE = -1;

/** A point of the space, one coordinate per range, as returned by `coordinateOf`. */
export type Coordinates = readonly number[];

/**
 * A mixture of equally likely kernels over the whole space: one around each point, and one wide kernel, the prior. A kernel
 * is a product over the axes, so it keeps the combination of values of its point.
 */
export interface Parzen {
  readonly ranges: readonly ParameterRange[];
  readonly kernels: readonly Kernel[];
}

interface Kernel {
  readonly centers: Coordinates;
  readonly widths: Coordinates;
  /** Logarithm of the kernel's weight ÷ its normalisation. */
  readonly logScale: number;
}

/**
 * Fits the mixture. On a numeric axis a kernel is a normal distribution, truncated to the range, with the larger gap to
 * its neighbours as its width. On a categorical axis it prefers its own choice, more strongly with more kernels.
 *
 * `points`: any number, including none. O(ranges · points · log points).
 * @see Bergstra et al. (2011), "Algorithms for hyper-parameter optimization", section 4
 */
export function fitParzen(ranges: readonly ParameterRange[], points: readonly Coordinates[]): Parzen {
  const centers = [...points, ranges.map((range) => (range.kind === "categorical" ? ANY_CHOICE : 0.5))];
  const prior = centers.length - 1;
  const widths = ranges.map((range, axis) => {
    const column = centers.map((center) => at(center, axis));
    return range.kind === "categorical" ? column.map(() => 0) : widthsOf(range, column, prior);
  });
  const kernels = centers.map((center, kernel) => {
    let logScale = -Math.log(centers.length);
    ranges.forEach((range, axis) => {
      if (range.kind === "categorical") return;
      const width = at(widths[axis] ?? [], kernel);
      const inside = normalCdf((1 - at(center, axis)) / width) - normalCdf(-at(center, axis) / width);
      logScale -= Math.log(width * inside);
    });
    return { centers: center, widths: widths.map((column) => at(column, kernel)), logScale };
  });
  return { ranges, kernels };
}

/** Returns the logarithm of the mixture's density at a point, up to a constant of the space. O(ranges · kernels). */
export function logDensity({ ranges, kernels }: Parzen, point: Coordinates): number {
  const terms = kernels.map(({ centers, widths, logScale }) => {
    let sum = logScale;
    ranges.forEach((range, axis) => {
      const [place, center] = [at(point, axis), at(centers, axis)];
      if (range.kind === "categorical") {
        const own = ownShare(range.choices, kernels);
        const rest = (center === ANY_CHOICE ? 1 : 1 - own) / range.choices.length;
        sum += Math.log(place === center ? own + rest : rest);
      } else sum -= 0.5 * ((place - center) / at(widths, axis)) ** 2;
    });
    return sum;
  });
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/** Draws a point from the mixture. Rounds integer parameters. O(ranges). */
export function drawPoint({ ranges, kernels }: Parzen, random: () => number): Coordinates {
  const kernel = kernels[Math.floor(random() * kernels.length)];
  if (kernel === undefined) throw new RangeError("random() returned a number outside [0, 1)");
  return ranges.map((range, axis) => {
    const center = at(kernel.centers, axis);
    if (range.kind === "categorical") {
      const own = center !== ANY_CHOICE && random() < ownShare(range.choices, kernels);
      return own ? center : Math.floor(random() * range.choices.length);
    }
    return coordinateOf(range, decode(range, drawInside(center, at(kernel.widths, axis), random))) ?? center;
  });
}

/** Returns the widths on a numeric axis: the larger gap to the neighbours, at least half an integer step; 1 for the prior. */
function widthsOf(range: ParameterRange, column: Coordinates, prior: number): number[] {
  const order = column.map((_, kernel) => kernel).sort((a, b) => at(column, a) - at(column, b));
  const widths = new Array<number>(column.length).fill(1);
  const narrowest = 1 / Math.min(KERNELS_PER_RANGE_MAX, column.length + 1);
  order.forEach((kernel, rank) => {
    if (kernel === prior) return;
    const center = at(column, kernel);
    const gaps = [order[rank - 1], order[rank + 1]].map((other) =>
      other === undefined ? 0 : Math.abs(center - at(column, other)),
    );
    widths[kernel] = Math.min(1, Math.max(...gaps, narrowest, stepAt(range, center) / 2));
  });
  return widths;
}

/** Returns the probability that a kernel gives to its own choice. The rest is shared equally by all choices. */
function ownShare(choices: readonly Choice[], kernels: readonly Kernel[]): number {
  return kernels.length / (kernels.length + choices.length);
}

/** Draws from a normal distribution until a value is in [0, 1]. At least a third are: the center is inside, the width ≤ 1. */
function drawInside(center: number, width: number, random: () => number): number {
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const value = center + width * normal;
    if (value >= 0 && value <= 1) return value;
  }
  return center;
}
