/** Fixed events of four series with statements, to store the numbers of the kinds of events. */
import { eventDatasetOf } from "../../shared/features/event-dataset.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Panel, PanelSeries } from "../../shared/features/panel.ts";
import type { TimedValues } from "../../shared/features/timeline.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { eventsRuleOf } from "../../shared/forecasts/source.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { createRandom } from "../../shared/models/random.ts";

/** The number of an event and a category of it. */
const [number, category] = ["number", "category"];
const categories = ["a", "b", "c"];

export const fixedEventFeatures: readonly Feature[] = [
  { name: "last", kind: "event-last" },
  { name: "last number", kind: "event-last", variable: number },
  { name: "gap", kind: "event-gap", days: 60 },
  ...(["count", "sum", "mean", "max"] as const).map(
    (statistic): Feature => ({ name: statistic, kind: "event-window", days: 30, statistic, variable: number }),
  ),
  { name: "share", kind: "event-window", days: 365, statistic: "mean" },
  { name: "age", kind: "event-age", variable: "since" },
  { name: "category", kind: "event-category", variable: category, categories },
];

const firstDay = 20_000;
const length = 200;

/** Creates a panel with these variables, each of events or of statements by chance. */
function eventsPanel(dimensions: readonly string[], variables: readonly string[]): Panel {
  const random = createRandom(20261130);
  const periods = Array.from({ length }, (_, at) => addDays("1970-01-01", firstDay + at));
  const timed = (times: readonly number[], value: () => number): TimedValues => ({
    times: Float64Array.from(times),
    values: Float64Array.from(times, value),
  });
  const series = Array.from({ length: 4 }, (_, index): PanelSeries => {
    const times = Array.from({ length: 12 }, () => firstDay + Math.round(random.uniform() * length * 4) / 4).sort(
      (a, b) => a - b,
    );
    const some = () => times.filter(() => random.uniform() < 0.8);
    const of = Object.fromEntries(variables.map((name) => [name, timed(some(), () => random.integer(3))]));
    const target = timed(times, () => random.integer(2));
    return { is: dimensions.map(() => String(index)), values: new Float64Array(length), timeline: { target, of } };
  });
  return { dimensions, periods, series };
}

export function fixedEvents() {
  const panel = eventsPanel(["customer"], [number, category, "since"]);
  return eventDatasetOf(panel, { features: fixedEventFeatures, tolerance: 0.5, activeDays: 100 });
}

/** Makes a dataset of random events with the features of a forecast of events; null for a forecast of periods. */
export function eventsDatasetOf(forecast: Forecast) {
  const rule = eventsRuleOf(forecast);
  if (rule === null) return null;
  const variables = forecast.sources.flatMap((source) => source.variables);
  const panel = eventsPanel(forecast.dimensions, variables);
  return eventDatasetOf(panel, { features: forecast.features, tolerance: 0.5, activeDays: rule.activeDays });
}
