/** Reads the numbers of a report from an answer of `/predict`. Numbers that the answer does not contain stay null. */
import type { Prediction } from "../api/predict.ts";
import type { StepForecast } from "../api/report-model.ts";
import type { Forecast } from "../forecasts/forecast.ts";

type Answered = Pick<Forecast, "output" | "task">;

/** Returns the next period's forecast of an answered series. */
export function nextStep({ output, task }: Answered, prediction: Prediction, period: string): StepForecast {
  const value = numberOf(prediction[output]);
  const isEvent = task === "classification";
  return {
    step: 1,
    period: prediction.target_period ?? period,
    median: isEvent ? null : value,
    mean: prediction.expected ?? null,
    quantiles: isEvent ? [] : quantilesOf(prediction),
    chances: prediction.probabilities ?? null,
    change: prediction.change_probability ?? null,
    event: isEvent ? value : null,
    baseline: numberOf(prediction.naive),
  };
}

/** Rounds levels, because (1 − 0.8) / 2 is not exactly 0.1. */
const levelDigits = 1e6;

/** Returns the quantiles of the answer, ascending; of a model without a distribution, the ends of its intervals. */
function quantilesOf(prediction: Prediction): StepForecast["quantiles"] {
  const found = prediction.quantiles
    ? Object.entries(prediction.quantiles).map(([level, value]) => ({ level: Number(level), value }))
    : intervalEnds(prediction);
  return found.sort((a, b) => a.level - b.level);
}

function intervalEnds(prediction: Prediction): StepForecast["quantiles"] {
  return Object.entries(prediction).flatMap(([name, value]) => {
    const percent = /^interval(\d+(?:\.\d+)?)$/.exec(name)?.[1];
    if (percent === undefined || !Array.isArray(value)) return [];
    const [low, high] = value.map(numberOf);
    const tail = Math.round(((1 - Number(percent) / 100) / 2) * levelDigits) / levelDigits;
    const other = Math.round((1 - tail) * levelDigits) / levelDigits;
    return typeof low === "number" && typeof high === "number"
      ? [
          { level: tail, value: low },
          { level: other, value: high },
        ]
      : [];
  });
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
