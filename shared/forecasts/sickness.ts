import { emptySpace, logisticSpace, smallBoostingSpace, smallForestSpace } from "../candidates/spaces.ts";
import type { Feature } from "../features/feature.ts";
import type { Reduction } from "../features/reduce.ts";
import { vigo } from "../feeds/places.ts";
import type { Forecast } from "./forecast.ts";

const pollutants = ["carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone", "dust", "european_aqi"];

const days: Reduction = { partsMin: 20, statistics: ["max", "mean", "min", "last", "range"] };

/** Yesterday's value. If it is missing, an earlier day's value is not used. */
const yesterdays = pollutants.flatMap((pollutant) =>
  days.statistics.map((statistic): Feature => {
    const variable = `${pollutant}_${statistic}`;
    return { name: variable, kind: "seasonal-lag", periods: 1, variable };
  }),
);

/**
 * The probability of bad air in Vigo tomorrow. A day is labelled sick if its maximum European air quality index is above 30.
 * This is a proxy: no health data is used.
 */
export const sickness: Forecast = {
  id: "sickness",
  title: `Bad-air days in ${vigo.name}`,
  translations: {
    en: { title: `Bad-air days in ${vigo.name}`, labels: { event: "bad air", otherwise: "good air" } },
    es: {
      title: `Días de mal aire en ${vigo.name}`,
      labels: { event: "aire malo", otherwise: "aire bueno" },
      behind: "Índice europeo de calidad del aire (máximo)",
    },
  },
  sources: [{ feed: "open-meteo-air-quality", variables: pollutants, lag: 0, reduce: days }],
  events: [{ name: "sick", of: "european_aqi_max", above: 30 }],
  variable: "sick",
  dimensions: [],
  task: "classification",
  labels: { event: "sick", otherwise: "healthy" },
  schedule: { every: "day", periods: "calendar" },
  steps: [1, 2, 3],
  headline: [1, 3],
  target: { transform: "level", decimals: 0 },
  features: [
    { name: "sick_yesterday", kind: "lag", periods: 1 },
    ...yesterdays,
    { name: "sick_lag2", kind: "lag", periods: 2 },
    { name: "sick_share7", kind: "rolling-mean", periods: 7 },
    { name: "sick_share14", kind: "rolling-mean", periods: 14 },
    { name: "european_aqi_max_lag2", kind: "seasonal-lag", periods: 2, variable: "european_aqi_max" },
    { name: "european_aqi_max_lag7", kind: "seasonal-lag", periods: 7, variable: "european_aqi_max" },
    { name: "european_aqi_max_mean7", kind: "rolling-mean", periods: 7, variable: "european_aqi_max" },
    { name: "european_aqi_max_mean14", kind: "rolling-mean", periods: 14, variable: "european_aqi_max" },
    { name: "ozone_max_mean7", kind: "rolling-mean", periods: 7, variable: "ozone_max" },
    { name: "weekday_sine", kind: "calendar", part: "weekday-sine" },
    { name: "weekday_cosine", kind: "calendar", part: "weekday-cosine" },
    { name: "month_sine", kind: "calendar", part: "month-sine" },
    { name: "month_cosine", kind: "calendar", part: "month-cosine" },
  ],
  seasonal: null,
  candidates: [
    { candidate: "base-rate", space: emptySpace, trials: 1 },
    { candidate: "state-frequency", space: emptySpace, trials: 1 },
    { candidate: "logistic", space: logisticSpace, trials: 10 },
    { candidate: "event-number", space: logisticSpace, trials: 8 },
    { candidate: "gradient-boosting", space: smallBoostingSpace, trials: 12 },
    { candidate: "random-forest", space: smallForestSpace, trials: 8 },
    { candidate: "ml-random-forest", space: emptySpace, trials: 1 },
  ],
  averageOf: [2, 3],
  validation: { testShare: 0.2, folds: 4, periodsMin: 90 },
  metric: "brier",
  promotion: { periodsMin: 30 },
  intervals: { levels: [], scaledBy: null, holdLast: false },
  change: null,
  unit: "probability",
  locale: "es-ES",
  output: "probability",
  aliases: Object.fromEntries(pollutants.map((pollutant) => [pollutant, `${pollutant}_max`])),
  dateFields: {},
  hypothesisNeeds: "all",
};
