import type { Forecast } from "./forecast.ts";

/** The next published consumer price of milk in Mexico, for every city, kind and channel. */
export const milkMx: Forecast = {
  id: "milk-mx",
  title: "Milk prices in Mexico",
  feed: "sniim-milk",
  variable: "precio",
  features: [
    { name: "Precio_lag1", kind: "lag", periods: 1 },
    { name: "Precio_mean7", kind: "rolling-mean", periods: 7 },
    { name: "sin_cambio", kind: "since-change", periods: 60 },
  ],
};
