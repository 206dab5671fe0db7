/** A report model with many simulated series for tests and benches. */
import type { ReportLevel, ReportModel, ReportSeries } from "../../shared/api/report-model.ts";
import { fixedModel, publicationDays, reportOrigin, round, stepsOf } from "./report-models.ts";

export interface LargeStory {
  readonly series: number;
  readonly steps: number;
}

/** Simulated series in 32 states, with names as long as the longest real ones. The same story gives the same model. */
export function largeModel({ series: count, steps: stepCount }: LargeStory): ReportModel {
  const base = fixedModel();
  const days = publicationDays(reportOrigin, 60);
  const next = publicationDays(reportOrigin, -stepCount);
  let state = 1;
  const random = () => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const series = Array.from({ length: count }, (_, at): ReportSeries => {
    const from = round(18 + 16 * random());
    const moves = random() ** 3;
    const up = moves * random();
    return {
      is: [
        `Estado de prueba ${String(at % 32).padStart(2, "0")}`,
        `Ciudad ${Math.floor(at / 8)} de Montemorelos`,
        at % 2 === 0 ? "Leche pasteurizada" : "Leche ultrapasteurizada",
        at % 3 === 0 ? "Tiendas de abarrotes" : "Autoservicios",
      ],
      last: { period: reportOrigin, value: from },
      steps: stepsOf(next, { from, trend: 0.02 * random(), spread: 0.05 + 0.4 * moves, up, down: moves - up }),
      outside: at % 40 === 7 ? ["Precio_max12"] : [],
      usualChange: round(0.1 + random()),
      note: null,
    };
  });
  const levelOf = (is: readonly string[], of: readonly ReportSeries[]): ReportLevel => {
    const end = of.reduce((sum, { last }) => sum + (last?.value ?? 0), 0) / of.length;
    let value = end;
    const history = days.toReversed().map((period) => {
      const point = { period, value: round(value) };
      value += (random() - 0.52) * 0.12;
      return point;
    });
    return {
      is: [...is],
      seriesCount: of.length,
      history: history.reverse(),
      steps: stepsOf(next, { from: end, trend: 0.02, spread: 0.06, up: 0.5, down: 0.3 }),
      past: [],
    };
  };
  const groups = Map.groupBy(series, ({ is }) => is[0] ?? "");
  const changeOf = (one: ReportSeries | undefined) => 1 - (one?.steps[0]?.chances?.same ?? 1);
  const order = [...series.keys()].sort((a, b) => changeOf(series[b]) - changeOf(series[a]));
  return {
    ...base,
    headline: levelOf([], series),
    movers: order.slice(0, 10),
    levels: { dimensions: ["Estado"], levels: [...groups].map(([name, of]) => levelOf([name], of)) },
    series,
    table: {
      columns: base.table.columns,
      rows: series.map(({ is, steps: [step] }) => [...is, 23, step?.median ?? null]),
    },
  };
}
