/** The steps of a report that is computed from a card and the facts, without a snapshot. */
import { cutPanel } from "../features/cut-panel.ts";
import { reachOf } from "../features/feature.ts";
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { stepsReach } from "../forecasts/steps-reach.ts";
import { type LoadedLearner, learnedSteps } from "../predict/learned-steps.ts";
import { type SteppedSet, steppedSets, targetPeriods } from "../predict/step-forecasts.ts";
import { servingDeclaration } from "../registry/build-served.ts";
import type { Card } from "../registry/card.ts";
import { servedLearnerOf } from "../registry/further-steps.ts";

export interface CardSets {
  readonly card: Card;
  readonly origin: string;
  /** The learner of further steps; without it the baselines serve them, as in `/predict`. */
  readonly loaded?: LoadedLearner | null;
}

/**
 * Returns the sets of the version of a card, as `/predict` has them at the origin. Reads as many periods as a history has; the
 * declaration must be the one of the card.
 */
export function setsOfCard(forecast: Forecast, panel: Panel, { card, origin, loaded = null }: CardSets): SteppedSet[] {
  const end = panel.periods.findLastIndex((period) => period <= origin) + 1;
  const from = Math.max(0, end - Math.max(reachOf(forecast.features), stepsReach(forecast)));
  const served = { ...servingDeclaration(forecast), features: forecast.features };
  const recent = cutPanel(panel, from, end);
  const targetOf = targetPeriods(served.schedule, recent.periods.at(-1) ?? "");
  const stepLearner = servedLearnerOf(card.further);
  const learner =
    stepLearner && loaded
      ? learnedSteps({ forecast: served, panel: recent, learner: stepLearner, program: loaded.program, targetOf })
      : null;
  return steppedSets({ forecast: served, panel: recent, baselines: card.baselines, learner });
}
