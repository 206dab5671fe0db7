/** One series of each simulated forecast that always has values, for example requests. */
const series: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gold: {},
  sickness: {},
  "milk-cl": {},
  customers: { customer_id: "7" },
  "milk-mx": { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Autoservicios" },
};

/** Returns the dimensions of the example series; null for a forecast without simulated data. */
export function exampleSeries(forecast: string): Readonly<Record<string, string>> | null {
  return series[forecast] ?? null;
}
