/** One series of each simulated forecast that is sure to have prices, for whoever wants to try a prediction. */
const series: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gold: {},
  sickness: {},
  "milk-mx": { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Autoservicios" },
};

/** By its dimensions; null for a forecast that nothing is simulated for. */
export function exampleSeries(forecast: string): Readonly<Record<string, string>> | null {
  return series[forecast] ?? null;
}
