/** Simulated tests of several headline steps at once: baselines of the steps against the last value, and equally good forecasts. */
import { firstRowAt } from "../../../shared/features/dataset.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { combineSteps } from "../../../shared/judging/step-losses.ts";
import { type StepPoint, stepPoints } from "../../../shared/judging/step-points.ts";
import { type StepSet, stepSetsOf } from "../../../shared/judging/step-sets.ts";
import { createRandom, randomBitsOf } from "../../../shared/models/random.ts";
import { blockMeans } from "../../../shared/stats/block-means.ts";
import { testBlocks } from "../../../shared/stats/block-tests.ts";
import { mean } from "../../../shared/stats/mean.ts";
import { at } from "../../../shared/stats/numbers.ts";
import { squaredErrors } from "../../../shared/training/rolling-test.ts";
import { testSteps } from "../../../shared/training/step-gate.ts";
import { seededNormal } from "../../support/chance.ts";
import { contestOf, echoes, steppedForecast } from "../../training/step-worlds.ts";
import { simulatedPanel, smallForecast } from "../../training/support.ts";

export interface StepWorld {
  readonly seed: number;
  /** Headline steps. */
  readonly steps: readonly number[];
  /** The mean change of a period, in standard deviations of a change. */
  readonly drift: number;
}

/** Periods of a simulated test, series of a panel, contenders of a look. */
const [testedPeriods, seriesCount, contenderCount] = [90, 8, 5];
/** Deviation of the noise of a forecast, in standard deviations of a change. */
const noise = 0.5;

/**
 * Returns the smallest corrected p of five forecasts against a sixth that is equally good: each is the last value of a walk plus
 * noise of its own. Errors of neighbouring origins overlap, and the advantages have the mean 0.
 */
export function equalLook({ seed, steps }: Pick<StepWorld, "seed" | "steps">): number {
  const random = createRandom(seed);
  const draw = () => seededNormal(() => random.uniform());
  const longest = Math.max(...steps);
  const length = testedPeriods + longest;
  const walks = Array.from({ length: seriesCount }, () => cumulated(Array.from({ length }, draw)));
  const forecasts = Array.from({ length: contenderCount + 1 }, () => walks.map(() => Array.from({ length }, draw)));
  const lossesOf = (noises: readonly (readonly number[])[], step: number) =>
    Array.from({ length: testedPeriods }, (_, origin) => {
      const errors = walks.map(
        (walk, i) => at(walk, origin + step) - at(walk, origin) - noise * at(noises[i] ?? [], origin),
      );
      return mean(errors.map((error) => error * error));
    });
  const origins = Array.from({ length: testedPeriods }, (_, origin) => String(origin));
  const [baseline = [], ...contenders] = forecasts;
  const advantages = contenders.map((contender) => {
    const combined = combineSteps(
      steps.map((step) => ({ origins, losses: lossesOf(contender, step), baseline: lossesOf(baseline, step) })),
    );
    return combined.losses.map((loss, i) => at(combined.baseline, i) - loss);
  });
  const blocks = advantages.map((one) => blockMeans(one, longest));
  return Math.min(1, ...testBlocks(blocks, { randomBits: randomBitsOf(1) }));
}

function cumulated(changes: readonly number[]): number[] {
  let sum = 0;
  return changes.map((change) => {
    sum += change;
    return sum;
  });
}

/** Returns the larger p of a learner of the steps 1 and 3 against the baselines and the last value. `phi`: its skill at step 3. */
export async function learnerLook(seed: number, phi: number): Promise<number> {
  const { contest } = await contestOf(steppedForecast, echoes(seed, phi));
  const gate = testSteps(steppedForecast.headline, contest);
  return Math.max(gate?.pBaseline ?? 1, gate?.pReference ?? 1);
}

/** The last share of the periods that is tested. */
const testedShare = 0.6;

/** Returns the smallest corrected p of all baselines of the steps against the last value. */
export function stepLook({ seed, steps, drift }: StepWorld): number {
  const forecast: Forecast = { ...smallForecast, steps, headline: steps };
  const panel = simulatedPanel(seed, (_, draw) => drift + draw);
  const [set] = stepSetsOf(forecast, panel);
  if (set === undefined) throw new RangeError("a forecast has series");
  const points = stepPoints(set).filter(({ kind }) => kind !== "persistence");
  const advantages = points.map((point) => advantagesOf(set, steps, point));
  const blocks = advantages.map((one) => blockMeans(one, Math.max(...steps)));
  return Math.min(1, ...testBlocks(blocks, { randomBits: randomBitsOf(1) }));
}

/** Returns the baseline's loss − the contender's by origin, over all steps. */
function advantagesOf(set: StepSet, steps: readonly number[], point: StepPoint): number[] {
  const { losses, baseline } = combineSteps(
    steps.map((step) => {
      const data = set.rowsOf(step);
      const first = data.periods.length - Math.floor(data.periods.length * testedShare);
      const rows = { from: firstRowAt(data, first), to: data.rows };
      const { origins, losses } = squaredErrors(set, step, { rows, point });
      return { origins, losses, baseline: squaredErrors(set, step, { rows, point: { kind: "persistence" } }).losses };
    }),
  );
  return losses.map((loss, i) => (baseline[i] ?? loss) - loss);
}
