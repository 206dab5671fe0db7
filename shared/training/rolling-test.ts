/** Tests over more origins than the test window has: the baseline is chosen again before each stretch of periods. */
import { firstRowAt, type RowRange } from "../features/dataset.ts";
import { lossesByPeriod } from "../judging/losses.ts";
import { combineSteps, type StepLosses } from "../judging/step-losses.ts";
import { pointPredictions, rankPoints, type StepPoint } from "../judging/step-points.ts";
import type { StepSet } from "../judging/step-sets.ts";
import { randomBitsOf } from "../models/random.ts";
import { blockMeans } from "../stats/block-means.ts";
import { blocksMin, testBlocks } from "../stats/block-tests.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";

/** The last share of all periods that is tested. */
const testedShare = 0.6;
/** Number of stretches. */
const stretches = 6;
/** The same flips in every test. */
const flipSeed = 1;

export interface RollingTest {
  readonly periods: number;
  readonly blocks: number;
  /** Share by which the RMSE of the chosen baselines is below that of persistence. Over several steps: of the combined losses. */
  readonly skill: number;
  /**
   * One-sided p from the means of blocks of as many periods as the longest step: a t-test, or over several steps the test of the
   * gate. Null with fewer than six blocks.
   */
  readonly pValue: number | null;
}

/**
 * Compares the best other baseline with persistence over the last 60 % of the periods. For each of six stretches, it is chosen on
 * the rows whose target was known at the first origin of the stretch, so no tested target helped to choose it. Null if there is
 * no row to choose on or to test.
 */
export function rollingTest(set: StepSet, step: number): RollingTest | null {
  const losses = rollingLosses(set, step);
  return losses && testOf(losses, step, (blocks) => dieboldMariano(blocks).pValue);
}

/** The same over several steps at once: their losses are combined, and tested as by the gate. */
export function rollingTestOver(set: StepSet, steps: readonly number[]): RollingTest | null {
  const all = steps.map((step) => rollingLosses(set, step));
  const known = all.filter((losses) => losses !== null);
  if (known.length < all.length) return null;
  const options = { randomBits: randomBitsOf(flipSeed) };
  return testOf(combineSteps(known), Math.max(...steps), (blocks) => testBlocks([blocks], options)[0] ?? 1);
}

function testOf(
  { losses, baseline }: Pick<StepLosses, "losses" | "baseline">,
  blockPeriods: number,
  pOf: (blocks: readonly number[]) => number,
): RollingTest | null {
  if (losses.length === 0) return null;
  const advantages = losses.map((loss, i) => at(baseline, i) - loss);
  const blocks = blockMeans(advantages, blockPeriods);
  const reference = mean(baseline);
  return {
    periods: losses.length,
    blocks: blocks.length,
    skill: reference === 0 ? 0 : 1 - Math.sqrt(mean(losses) / reference),
    pValue: blocks.length < blocksMin ? null : pOf(blocks),
  };
}

/** Returns the losses of the chosen baselines and of persistence by origin. */
function rollingLosses(set: StepSet, step: number): StepLosses | null {
  const data = set.rowsOf(step);
  const count = data.periods.length;
  const from = count - Math.floor(count * testedShare);
  const found: { origins: string[]; losses: number[]; baseline: number[] } = { origins: [], losses: [], baseline: [] };
  for (let stretch = 0; stretch < stretches; stretch++) {
    const [first = 0, last = 0] = [stretch, stretch + 1].map(
      (one) => from + Math.floor(((count - from) * one) / stretches),
    );
    const rows = { from: firstRowAt(data, first), to: firstRowAt(data, last) };
    const known = { from: 0, to: firstRowAt(data, first - step + 1) };
    if (rows.to === rows.from) continue;
    const ranking = known.to === 0 ? [] : rankPoints(set, data, known);
    const best = ranking.find(({ point }) => point.kind !== "persistence");
    if (best === undefined) return null;
    const { origins, losses } = squaredErrors(set, step, { rows, point: best.point });
    found.origins.push(...origins);
    found.losses.push(...losses);
    found.baseline.push(...squaredErrors(set, step, { rows, point: { kind: "persistence" } }).losses);
  }
  return found;
}

/** Returns the mean squared error of each target period, with its origin. */
export function squaredErrors(
  set: StepSet,
  step: number,
  { rows, point }: { readonly rows: RowRange; readonly point: StepPoint },
) {
  const data = set.rowsOf(step);
  const predictions = pointPredictions(set, data, rows, point);
  const { periods, losses } = lossesByPeriod(
    data,
    rows,
    (row) => (at(data.target, rows.from + row) - at(predictions, row)) ** 2,
  );
  const positions = new Map(data.periods.map((period, position) => [period, position]));
  const origins = periods.map((period) => data.periods[(positions.get(period) ?? 0) - step] ?? "");
  return { origins, losses };
}
