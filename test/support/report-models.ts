/** Fixed report models for tests, whose files a reviewer can read. */
import type { ReportLevel, ReportModel, ReportSeries, StepForecast } from "../../shared/api/report-model.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";

const publisher = { publisher: "SNIIM, Secretaría de Economía, México", homepage: "https://www.economia-sniim.gob.mx" };

const head = {
  format: 1,
  revision: 1,
  madeAt: "2026-11-20T18:30:00.000Z",
  stale: null,
  feeds: [
    {
      id: "sniim-milk",
      title: "Milk prices in Mexico",
      translations: { es: { title: "Precios de la leche en México" } },
      ...publisher,
      licence: null,
      lastPeriod: "2026-11-20",
      fetchedAt: "2026-11-20T18:05:00.000Z",
      refused: [
        { reason: "zero-price", count: 12 },
        { reason: "no-number", count: 3 },
      ],
      held: [{ since: "2026-11-18T18:05:00.000Z", reason: "23 % of the known series are missing" }],
      breaks: [{ from: "2026-08-13", note: "New bands of the index under the same name." }],
    },
  ],
} as const;

/** The description of a serving model. */
export const servingVersion = {
  version: "20261120-1a2b3c4d",
  name: "hurdle",
  isFallback: false,
  isBaseline: false,
  decision: "It is better than the baseline on 31 test periods (p = 0.003).",
  since: "2026-11-18T18:10:00.000Z",
  trained: { from: "2024-01-03", to: "2026-11-18", rows: 55_239 },
  lineage: {
    modelSha256: "a".repeat(64),
    dataHash: "b".repeat(64),
    codeVersion: "0.1.0+c8e0ad3",
    seed: 1,
    producer: "almanac",
  },
};

const milk = {
  id: "milk-mx",
  title: "Milk prices in Mexico",
  translations: { es: { title: "Precios de la leche en México" } },
  task: "regression",
  unit: "MXN/l",
  decimals: 2,
  locale: "es-MX",
  dimensions: ["Estado", "Ciudad", "Tipo", "Canal"],
  every: "day",
} as const;

/** Returns Mondays, Wednesdays and Fridays: `count` days up to `last`, or after it if `count` is negative. */
export function publicationDays(last: string, count: number): string[] {
  const days: string[] = [];
  const direction = count > 0 ? -1 : 1;
  let day = count > 0 ? last : addDays(last, 1);
  while (days.length < Math.abs(count)) {
    if ([1, 3, 5].includes(isoWeekday(day))) days.push(day);
    day = addDays(day, direction);
  }
  return count > 0 ? days.reverse() : days;
}

/** The origin of every report model. */
export const reportOrigin = "2026-11-20";
const levels = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975];
/** Quantiles of the standard normal distribution at `levels`. */
const normal = [-1.96, -1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645, 1.96];

/** Rounds to two decimals. */
export const round = (value: number) => Math.round(value * 100) / 100;

export interface StepStory {
  readonly from: number;
  readonly trend: number;
  readonly spread: number;
  readonly up: number;
  readonly down: number;
}

/** Returns steps that widen with the square root of their number. */
export function stepsOf(periods: readonly string[], { from, trend, spread, up, down }: StepStory): StepForecast[] {
  return periods.map((period, at) => {
    const step = at + 1;
    const mean = from + trend * step;
    const wide = spread * Math.sqrt(step);
    const reach = Math.min(1, Math.sqrt(step));
    return {
      step,
      period,
      median: round(mean),
      mean: round(mean + 0.004),
      quantiles: levels.map((level, index) => ({ level, value: round(mean + wide * (normal[index] ?? 0)) })),
      chances: { down: down * reach, same: 1 - (down + up) * reach, up: up * reach },
      change: null,
      event: null,
      baseline: round(from),
    };
  });
}

/** Four series in two states, with twelve steps and a short record: every part of a report is present. */
export function fixedModel(): ReportModel {
  const days = publicationDays(reportOrigin, 30);
  const next = publicationDays(reportOrigin, -12);
  const names = [
    ["Jalisco", "Guadalajara", "Pasteurizada", "Autoservicios"],
    ["Jalisco", "Zapopan", "Pasteurizada", "Tiendas"],
    ["México", "Toluca", "Ultrapasteurizada", "Tiendas"],
    ["México", "Metepec", "=Pasteurizada", "<Autoservicios>"],
  ];
  const series = names.map(
    (is, at): ReportSeries => ({
      is,
      last: { period: at === 3 ? (days.at(-3) ?? "") : reportOrigin, value: 22 + 2 * at },
      steps: stepsOf(next, {
        from: 22 + 2 * at,
        trend: 0.03,
        spread: 0.12 + at * 0.05,
        up: 0.08 + at * 0.17,
        down: 0.3 - at * 0.09,
      }),
      outside: at === 2 ? ["Precio_max12"] : [],
      usualChange: at === 1 ? null : 0.25,
      note: null,
    }),
  );
  const levelOf = (is: readonly string[], seriesCount: number, value: number): ReportLevel => ({
    is: [...is],
    seriesCount,
    history: days.map((period, at) => ({
      period,
      value: round(value - 0.02 * (days.length - 1 - at) + 0.06 * Math.sin(at)),
    })),
    steps: stepsOf(next, { from: value, trend: 0.02, spread: 0.06, up: 0.5, down: 0.2 }),
    past: [],
  });
  const headline = levelOf([], 4, 25);
  const past = headline.history.slice(-8).map(({ period, value }, at) => ({
    period,
    origin: days[days.length - 9 + at] ?? "",
    median: round(value + (at === 3 ? 0.22 : 0.03)),
    low: round(value - 0.1 + (at === 3 ? 0.22 : 0)),
    high: round(value + 0.1 + (at === 3 ? 0.22 : 0)),
    actual: value,
  }));
  return {
    ...structuredClone(head),
    feeds: head.feeds.map((feed) => ({
      ...feed,
      refused: [...feed.refused],
      held: [...feed.held],
      breaks: [...feed.breaks],
    })),
    forecast: { ...milk, dimensions: [...milk.dimensions] },
    origin: reportOrigin,
    model: servingVersion,
    headline: { ...headline, past },
    movers: [3, 2, 0, 1],
    levels: { dimensions: ["Estado"], levels: [levelOf(["Jalisco"], 2, 23), levelOf(["México"], 2, 27)] },
    event: null,
    series,
    record: {
      from: "2026-06-01",
      to: reportOrigin,
      publications: 64,
      baseline: "naive",
      windows: [
        { publications: 30, isAll: false, skill: 0.021, low: null, high: null },
        { publications: 64, isAll: true, skill: -0.004, low: -0.03, high: 0.022 },
      ],
      coverage: [
        { level: 0.5, share: 0.53 },
        { level: 0.9, share: 0.88 },
      ],
    },
    backtest: {
      from: "2026-09-07",
      to: "2026-11-18",
      periods: 31,
      skill: 0.027,
      isBaseline: false,
      coverage: [{ level: 0.8, share: 0.83 }],
    },
    table: {
      columns: ["Estado", "Ciudad", "Tipo", "Canal", "día", "Precio_sugerido"],
      rows: series.map(({ is, steps: [step] }) => [...is, 23, step?.median ?? null]),
    },
  };
}

/** One series: a price with steps at 1, 5, 10 and 20 weekdays. */
export function singleModel(): ReportModel {
  const days = publicationDays(reportOrigin, 60);
  const next = publicationDays(reportOrigin, -20);
  const all = stepsOf(next, { from: 2304.2, trend: 1.2, spread: 22, up: 0.5, down: 0.49 });
  const steps = all.filter(({ step }) => [1, 5, 10, 20].includes(step));
  const base = fixedModel();
  const history = days.map((period, at) => ({
    period,
    value: round(2304.2 - (59 - at) * 2.1 + 25 * Math.sin(at / 4) - 25 * Math.sin(59 / 4)),
  }));
  return {
    ...base,
    forecast: {
      ...base.forecast,
      id: "gold",
      title: "Gold price in euro",
      translations: { es: { title: "Precio del oro en euros" } },
      unit: "EUR/ozt",
      decimals: 1,
      locale: "en",
      dimensions: [],
    },
    model: { ...servingVersion, name: "naive", isBaseline: true },
    headline: { is: [], seriesCount: 1, history, steps, past: [] },
    movers: { missing: "one-series" },
    levels: { missing: "no-groups" },
    series: [
      { is: [], last: { period: reportOrigin, value: 2304.2 }, steps, outside: [], usualChange: 14.2, note: null },
    ],
    record: { missing: "no-record" },
    backtest: {
      ...(base.backtest as Extract<ReportModel["backtest"], { periods: number }>),
      skill: null,
      isBaseline: true,
    },
    table: { columns: ["Date", "Actual_EUR"], rows: [[reportOrigin, 2304.2]] },
  };
}

/** No model, held data and no recent values. */
export function emptyModel(): ReportModel {
  return {
    ...fixedModel(),
    model: { missing: "no-champion" },
    stale: "No publication since 2026-11-20; one was due on 2026-11-23.",
    headline: { missing: "no-observations" },
    movers: { missing: "no-prediction" },
    levels: { missing: "no-groups" },
    series: fixedModel().series.map((one) => ({ ...one, last: null, steps: [], outside: [] })),
    record: { missing: "no-record" },
    backtest: { missing: "no-backtest" },
    table: { columns: [], rows: [] },
  };
}
