/** Fixed report models of events for tests. */
import type { ReportModel, ReportSeries, StepForecast } from "../../shared/api/report-model.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { reportOrigin, round, servingVersion, singleModel } from "./report-models.ts";

/** One series of an event, with three days and what drives it. */
export function eventModel(): ReportModel {
  const base = singleModel();
  const days = Array.from({ length: 60 }, (_, at) => addDays(reportOrigin, at - 59));
  const steps = [0.62, 0.41, 0.33].map(
    (event, at): StepForecast => ({
      step: at + 1,
      period: addDays(reportOrigin, at + 1),
      median: null,
      mean: null,
      quantiles: [],
      chances: null,
      change: null,
      event,
      baseline: 0.35,
    }),
  );
  const history = days.map((period, at) => ({ period, value: round(24 + 9 * Math.sin(at / 5) + ((at * 7) % 5)) }));
  return {
    ...base,
    forecast: {
      ...base.forecast,
      id: "sickness",
      title: "Bad-air days in Vigo",
      translations: { es: { title: "Días de mal aire en Vigo", event: "aire malo", otherwise: "aire bueno" } },
      task: "classification",
      unit: "probability",
      decimals: 0,
      locale: "es-ES",
      every: "day",
    },
    model: servingVersion,
    headline: {
      is: [],
      seriesCount: 1,
      history: days.map((period, at) => ({ period, value: (history[at]?.value ?? 0) > 30 ? 1 : 0 })),
      steps,
      past: [],
    },
    event: {
      name: "sick",
      otherwise: "healthy",
      threshold: 0.4,
      usual: 0.33,
      behind: { title: "European air quality index (max)", unit: "EAQI", above: 30, history },
      drivers: [
        { feature: "european_aqi_max", value: 34, contribution: 0.18 },
        { feature: "sick_share7", value: 0.43, contribution: 0.07 },
        { feature: "ozone_max", value: 61.2, contribution: -0.04 },
        { feature: "month_cosine", value: 0.5, contribution: 0.02 },
      ],
    },
    series: [{ is: [], last: { period: reportOrigin, value: 1 }, steps, outside: [], usualChange: 1, note: null }],
    backtest: {
      ...(base.backtest as Extract<ReportModel["backtest"], { periods: number }>),
      skill: 0.09,
      isBaseline: false,
    },
    table: { columns: ["target_period", "probability"], rows: [[addDays(reportOrigin, 1), 0.62]] },
  };
}

/** The next event of several series, the most likely first, with simulated data of a source without a homepage. */
export function nextEventModel(): ReportModel {
  const base = eventModel();
  const [first] = base.feeds;
  if (!first || !base.event) throw new Error("the model of an event has a feed and an event");
  const [next] = base.series[0]?.steps ?? [];
  if (!next) throw new Error("the model of an event has a step");
  const series = [0.91, 0.62, 0.5, 0.04].map(
    (event, at): ReportSeries => ({
      is: [String(1291 - at)],
      last: { period: addDays(reportOrigin, -at), value: at < 2 ? 1 : 0 },
      steps: [{ ...next, event, baseline: 0.23 }],
      outside: at === 3 ? ["age"] : [],
      usualChange: null,
      note: null,
    }),
  );
  return {
    ...base,
    forecast: {
      ...base.forecast,
      id: "customers",
      title: "Large next purchases",
      translations: { es: { title: "Próximas compras grandes", event: "grande", otherwise: "menor" } },
      locale: "en-US",
      dimensions: ["customer_id"],
    },
    headline: { missing: "no-groups" },
    movers: { missing: "one-series" },
    event: { ...base.event, name: "large", otherwise: "ordinary", usual: 0.23, behind: null },
    series,
    feeds: [{ ...first, publisher: "The shop", homepage: "", fetchedAt: null, overdue: null, simulated: true }],
    open: { predictions: 1_988, since: "2026-05-31" },
    table: { columns: ["customer_id"], rows: series.map(({ is }) => [...is]) },
  };
}
