import { choosingInputs } from "../candidates/inputs.ts";
import {
  driftSpace,
  emptySpace,
  growthSpace,
  smallBoostingSpace,
  smallForestSpace,
  wideRidgeSpace,
} from "../candidates/spaces.ts";
import type { Feature } from "../features/feature.ts";
import type { Forecast } from "./forecast.ts";

/** Number of years in the mean growth of a month. The search chooses one of them. */
const years = [1, 3, 5, 8, 10, 15];
const months = Array.from({ length: 12 }, (_, index) => index + 1);

const growth = (count: number) => `crecimiento_${count}`;
const growths = years.map(
  (seasons): Feature => ({ name: growth(seasons), kind: "seasonal-growth", periods: 12, seasons }),
);
/** Number of months in the mean growth of drift. The search chooses one of them. */
const driftMonths = [3, 12, 24, 60];

const drift = (count: number) => `deriva_${count}`;
const drifts = driftMonths.map(
  (periods): Feature => ({ name: drift(periods), kind: "mean-log-difference", periods, learned: false }),
);
const isMonth = months.map((value): Feature => ({ name: `mes_${value}`, kind: "calendar-is", part: "month", value }));

const rain = ["Biobio", "La_Araucania", "Los_Rios"];
/** Activity, the exchange rate, and prices of energy. Other columns of the file start late or have gaps. */
const economy = [
  "Imacec_empalmado",
  "Tipo_de_cambio_del_dolar_observado_diario",
  "Precio_del_petroleo_WTI_dolaresbarril",
  "Precio_del_cobre_refinado_BML_dolareslibra",
];

/**
 * The price of milk paid to producers in Chile, one to twelve months ahead. Models learn logarithms of ratios. The price of a
 * month and its rain are known in the next month, the statistics of the central bank one month later.
 */
export const milkCl: Forecast = {
  id: "milk-cl",
  title: "Producer price of milk in Chile",
  translations: { es: { title: "Precio de la leche al productor en Chile" } },
  sources: [
    { feed: "cl-milk-price", variables: ["Precio_leche"], lag: 1 },
    { feed: "cl-rain", variables: rain, lag: 1 },
    { feed: "cl-central-bank", variables: economy, lag: 2 },
  ],
  variable: "Precio_leche",
  dimensions: [],
  task: "regression",
  schedule: { every: "month", periods: "calendar" },
  steps: months,
  headline: [1, 3, 6],
  target: { transform: "log-difference", decimals: 2 },
  features: [
    { name: "Precio_leche", kind: "lag", periods: 1, learned: false },
    { name: "precio_hace_un_anio", kind: "seasonal-lag", periods: 12, learned: false },
    { name: "mes", kind: "calendar", part: "month" },
    ...isMonth,
    ...growths,
    ...drifts,
    { name: "dif1", kind: "log-difference", periods: 1 },
    { name: "dif2", kind: "log-difference", periods: 2 },
    { name: "dif3", kind: "log-difference", periods: 3 },
    { name: "dif12", kind: "log-difference", periods: 12 },
    { name: "desde_media_12", kind: "log-from-mean", periods: 12 },
    ...rain.map((variable): Feature => ({ name: `lluvia_${variable}`, kind: "rolling-mean", periods: 3, variable })),
    ...economy.map((variable): Feature => ({ name: `dif3_${variable}`, kind: "log-difference", periods: 3, variable })),
  ],
  seasonal: "precio_hace_un_anio",
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "seasonal-naive", space: emptySpace, trials: 1 },
    { candidate: "seasonal-growth", space: growthSpace(years.map(growth)), trials: years.length },
    { candidate: "drift", space: driftSpace(driftMonths.map(drift)), trials: driftMonths.length },
    { candidate: "ridge", space: choosingInputs(wideRidgeSpace), trials: 12 },
    { candidate: "gradient-boosting", space: choosingInputs(smallBoostingSpace), trials: 16 },
    { candidate: "random-forest", space: choosingInputs(smallForestSpace), trials: 10 },
  ],
  averageOf: [2, 3],
  validation: { testShare: 0.2, folds: 8, periodsMin: 120 },
  metric: "rmse",
  promotion: { periodsMin: 12 },
  backfillFrom: "2009-01",
  intervals: { levels: [0.8, 0.95], scaledBy: "Precio_leche", holdLast: false },
  distribution: { kind: "location-scale", positive: true },
  change: null,
  unit: "CLP/l",
  locale: "es-CL",
  output: "prediction",
  csv: [
    { column: "Periodo", is: { kind: "target-parts", parts: ["year", "month"] } },
    { column: "preds", is: { kind: "answer", field: "prediction" } },
  ],
  aliases: {},
  dateFields: { year: "year", month: "month" },
  hypothesisNeeds: ["Precio_leche"],
};
