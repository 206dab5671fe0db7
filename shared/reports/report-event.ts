/** The event of a classification: its names, how often it happens, the number behind it, and what drives its probability. */
import type { Prediction } from "../api/predict.ts";
import type { ReportEvent } from "../api/report-model.ts";
import type { PanelSeries } from "../features/panel.ts";
import { feeds } from "../feeds/index.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { sourceOf } from "../forecasts/source.ts";

/** How many inputs the report shows. */
const driversMax = 8;

export interface EventParts {
  /** The event of a report is that of the first series. */
  readonly series: readonly PanelSeries[];
  readonly periods: readonly string[];
  readonly prediction: Prediction | undefined;
}

/** Returns the event; null for a regression. */
export function reportEvent(forecast: Forecast, { series, periods, prediction }: EventParts): ReportEvent | null {
  const { labels, task, variable, events = [] } = forecast;
  if (task !== "classification" || labels === undefined) return null;
  const [first] = series;
  const timelines = series.flatMap(({ timeline }) => timeline ?? []);
  // How often the next event usually has the property is a question about all series.
  const all = timelines.length > 0 ? timelines.flatMap(({ target }) => [...target.values]) : [...(first?.values ?? [])];
  const known = all.filter((value) => !Number.isNaN(value));
  const rule = events.find(({ name }) => name === variable);
  const values = rule && first?.others?.[rule.of];
  return {
    name: labels.event,
    otherwise: labels.otherwise,
    threshold: prediction?.threshold ?? null,
    usual: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
    behind:
      rule && values
        ? {
            ...namesOf(forecast, rule.of),
            above: rule.above,
            history: periods.flatMap((period, at) => {
              const value = values[at] ?? Number.NaN;
              return Number.isNaN(value) ? [] : [{ period, value }];
            }),
          }
        : null,
    drivers: driversOf(prediction),
  };
}

/** Returns title and unit of a variable of a feed. A reduced variable is named as the variable and its statistic. */
function namesOf(forecast: Forecast, name: string): { title: string; unit: string } {
  const source = sourceOf(forecast, name);
  const feed = feeds.find(({ id }) => id === source?.feed);
  const base = source?.variables.find((variable) => name === variable || name.startsWith(`${variable}_`));
  const declared = base === undefined ? undefined : feed?.variables[base];
  if (base === undefined || declared === undefined) return { title: name, unit: "" };
  const statistic = name.slice(base.length + 1);
  return { title: statistic === "" ? declared.title : `${declared.title} (${statistic})`, unit: declared.unit };
}

function driversOf(prediction: Prediction | undefined): ReportEvent["drivers"] {
  if (prediction?.explanation === undefined) return { missing: "not-explained" };
  const drivers = Object.entries(prediction.explanation.contributions)
    .filter(([, contribution]) => contribution !== 0)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, driversMax)
    .map(([feature, contribution]) => ({ feature, value: prediction.features?.[feature] ?? null, contribution }));
  return drivers.length === 0 ? { missing: "nothing-drives" } : drivers;
}
