import { type Dataset, datasetOf } from "../features/dataset.ts";
import { eventDatasetOf } from "../features/event-dataset.ts";
import type { Panel } from "../features/panel.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { eventsRuleOf } from "../forecasts/source.ts";

/** Returns the rows of step 1 of a forecast: one for each value, or for each event after another. */
export function trainingDataOf(forecast: Forecast, panel: Panel): Dataset {
  const { features } = forecast;
  const tolerance = toleranceOf(forecast);
  const rule = eventsRuleOf(forecast);
  return rule === null
    ? datasetOf(panel, { features, tolerance })
    : eventDatasetOf(panel, { features, tolerance, activeDays: rule.activeDays });
}
