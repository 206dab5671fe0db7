import { emptySpace, logisticSpace, smallBoostingSpace, smallForestSpace } from "../candidates/spaces.ts";
import type { Feature } from "../features/feature.ts";
import { regions } from "../feeds/customers-csv/attributes.ts";
import { paymentMethods } from "../feeds/transactions-json/read-purchase.ts";
import type { Forecast } from "./forecast.ts";

/** A purchase above this amount is large. */
const largeAbove = 300;
const windows = [30, 90, 365];

/** Counts and amounts of the last days up to the last purchase, and the share of large purchases. */
const recent = windows.flatMap((days): Feature[] => [
  { name: `purchases_${days}`, kind: "event-window", days, statistic: "count" },
  { name: `amount_${days}`, kind: "event-window", days, statistic: "sum", variable: "amount" },
  { name: `large_share_${days}`, kind: "event-window", days, statistic: "mean" },
]);

/**
 * The probability that the next completed purchase of a customer is above 300 dollars. It is made at the time of the last
 * purchase: every feature is as it was then. Attributes count from the day after the date of their file.
 */
export const customers: Forecast = {
  id: "customers",
  title: "Large next purchases of customers",
  translations: {
    es: { title: "Próximas compras grandes de los clientes", labels: { event: "grande", otherwise: "menor" } },
  },
  sources: [
    {
      feed: "transactions-json",
      variables: ["amount", "second_of_day", "payment_method"],
      // Files are uploaded about once a month.
      lag: 35,
      timed: { kind: "events", second: "second_of_day", activeDays: 730 },
    },
    {
      feed: "customers-csv",
      variables: ["age", "region", "signup_date", "loyalty_points"],
      lag: 35,
      timed: { kind: "statements" },
    },
  ],
  events: [{ name: "large", of: "amount", above: largeAbove }],
  variable: "large",
  dimensions: ["customer_id"],
  task: "classification",
  labels: { event: "large", otherwise: "ordinary" },
  schedule: { every: "day", periods: "calendar" },
  steps: [1],
  headline: [1],
  target: { transform: "level", decimals: 0 },
  features: [
    { name: "last_large", kind: "event-last" },
    { name: "last_amount", kind: "event-last", variable: "amount" },
    { name: "days_since_purchase", kind: "event-gap", days: 365 },
    ...recent,
    { name: "amount_mean_365", kind: "event-window", days: 365, statistic: "mean", variable: "amount" },
    { name: "amount_max_365", kind: "event-window", days: 365, statistic: "max", variable: "amount" },
    { name: "payment_method", kind: "event-category", variable: "payment_method", categories: paymentMethods },
    { name: "age", kind: "event-last", variable: "age" },
    { name: "region", kind: "event-category", variable: "region", categories: regions },
    { name: "tenure_days", kind: "event-age", variable: "signup_date" },
    { name: "loyalty_points", kind: "event-last", variable: "loyalty_points" },
  ],
  seasonal: null,
  candidates: [
    { candidate: "base-rate", space: emptySpace, trials: 1 },
    { candidate: "state-frequency", space: emptySpace, trials: 1 },
    { candidate: "logistic", space: logisticSpace, trials: 10 },
    { candidate: "gradient-boosting", space: smallBoostingSpace, trials: 12 },
    { candidate: "random-forest", space: smallForestSpace, trials: 8 },
  ],
  averageOf: [2, 3],
  validation: { testShare: 0.2, folds: 4, periodsMin: 90 },
  metric: "brier",
  promotion: { periodsMin: 30 },
  intervals: { levels: [], scaledBy: null, holdLast: false },
  change: null,
  unit: "probability",
  locale: "en-US",
  output: "large_purchase_probability",
  aliases: {},
  dateFields: {},
  hypothesisNeeds: "all",
};
