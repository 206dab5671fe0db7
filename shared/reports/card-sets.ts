/** The steps of a report that is computed from a card and the facts, without a snapshot. */
import { cutPanel } from "../features/cut-panel.ts";
import { reachOf } from "../features/feature.ts";
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { stepsReach } from "../forecasts/steps-reach.ts";
import { type SteppedSet, steppedSets } from "../predict/step-forecasts.ts";
import { servingDeclaration } from "../registry/build-served.ts";
import type { Card } from "../registry/card.ts";

/**
 * Returns the sets of the version of a card, as `/predict` has them at the origin. Reads as many periods as a history has; the
 * declaration must be the one of the card.
 */
export function setsOfCard(
  forecast: Forecast,
  panel: Panel,
  { card, origin }: { readonly card: Card; readonly origin: string },
): SteppedSet[] {
  const end = panel.periods.findLastIndex((period) => period <= origin) + 1;
  const from = Math.max(0, end - Math.max(reachOf(forecast.features), stepsReach(forecast)));
  const served = { ...servingDeclaration(forecast), features: forecast.features };
  return steppedSets({ forecast: served, panel: cutPanel(panel, from, end), baselines: card.baselines });
}
