/** Simulated series with several steps, and a pool that runs step jobs synchronously. */
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { type StepRows, stepRowsOf } from "../../shared/judging/step-rows.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import { runStepJob, type StepPool, stepBenchOf } from "../../shared/training/step-job.ts";
import { contestSteps, learnerKinds } from "../../shared/training/step-learners.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { smallForecast } from "./support.ts";

/** A forecast of the periods 1 and 3 ahead, with the feature that the skill of `echoes` depends on. */
export const steppedForecast: Forecast = {
  ...smallForecast,
  steps: [1, 2, 3],
  headline: [1, 3],
  seasonal: null,
  features: [...smallForecast.features.filter(({ name }) => name !== "season"), three()],
  metric: "crps",
  distribution: { kind: "location-scale", positive: true },
};

function three(): Forecast["features"][number] {
  return { name: "change3", kind: "difference", periods: 3 };
}

/**
 * Returns daily series around 100 whose change repeats `phi` of the change three periods before. The sum of the next three changes
 * can be predicted, the next change alone much less. With `phi` 0 they are random walks.
 */
export function echoes(seed: number, phi: number, { periods = 150, series = 6 } = {}): Panel {
  const random = seededRandom(seed);
  return {
    dimensions: ["region", "item"],
    periods: Array.from({ length: periods }, (_, index) => addDays("2026-01-01", index)),
    series: Array.from({ length: series }, (_, index) => {
      let value = 100 + index;
      const changes = [0, 0, 0];
      const values = Float64Array.from({ length: periods }, () => {
        const change = phi * (changes.at(-3) ?? 0) + seededNormal(random);
        changes.push(change);
        value += change;
        return Math.round(value * 100) / 100;
      });
      return { is: [index % 2 ? "north" : "south", `item ${index}`], values };
    }),
  };
}

/** Runs jobs in the calling thread. Its clock counts calls. */
export function instantStepPool(forecast: Forecast, rows: StepRows): StepPool {
  const bench = stepBenchOf(forecast, rows);
  let ticks = 0;
  return { run: async (job) => runStepJob(bench, job, () => ticks++) };
}

/** Runs the contest of a ridge with a fixed penalty. */
export async function contestOf(forecast: Forecast, panel: Panel, recipe: RecipeChoice = ridge) {
  const rows = stepRowsOf(forecast, panel);
  const pool = instantStepPool(forecast, rows);
  const contest = await contestSteps(
    { forecast, panel, rows, recipe, seed: 1, kinds: learnerKinds, scoredFrom: null },
    pool,
  );
  if (contest === null) throw new Error("every step has rows");
  return { contest, rows, pool };
}

const ridge = { candidate: "ridge", parameters: { alpha: 10 } };
