/** The leaderboard as people see it. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Contender } from "../../shared/registry/card.ts";
import { prose, table } from "../terminal.ts";

/** Best on the test window first; naive is always in it. `champion` is marked; what limits a contender stands below. */
export function leaderboard(forecast: Forecast, contenders: readonly Contender[], champion: string): string {
  const rows = contenders.map((contender) => [
    [champion, `incumbent ${champion}`].includes(contender.name) ? "▸" : "",
    contender.name,
    number(contender.validationRmse),
    number(contender.rmse),
    number(contender.mae),
    contender.skill === null ? "–" : `${(contender.skill * 100).toFixed(1)} %`,
    contender.pValue === null ? "–" : pText(contender.pValue),
    percent(contender.coverage80),
    percent(contender.coverage95),
    `${contender.seconds.toFixed(1)} s`,
  ]);
  const header = [
    "",
    "contender",
    "validation",
    `RMSE ${forecast.unit}`,
    "MAE",
    "skill",
    "p",
    "in 80 %",
    "in 95 %",
    "took",
  ];
  const notes = contenders.flatMap(({ name, note }) => (note === null ? [] : [prose(`${name}: ${note}`, "  ")]));
  return [table(header, rows, { right: [2, 3, 4, 5, 6, 7, 8, 9], optional: [9, 2, 4, 7] }), ...notes].join("\n");
}

function number(value: number | null): string {
  return value === null ? "–" : value.toFixed(4);
}

function percent(value: number | null): string {
  return value === null ? "–" : `${(value * 100).toFixed(1)} %`;
}

function pText(value: number): string {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}
