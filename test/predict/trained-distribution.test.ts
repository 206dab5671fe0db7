/** A trained file with a distribution of changes is loaded and answered like any other. */
import { expect, test } from "vitest";
import { batchAnswerShape } from "../../shared/api/predict.ts";
import { changesOutput, downOutput, upOutput } from "../../shared/onnx/outputs.ts";
import { evaluateHere } from "../../shared/predict/evaluate.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { loadSnapshot } from "../support/snapshot.ts";
import { changingForecast as forecast, published, restlessDataset } from "../training/publishing.ts";

const data = restlessDataset(forecast);
const parameters = { iterations: 12, leavesMax: 6, learningRate: 0.2, leafRowsMin: 10 };

/** The last forty periods of a simulated history: one series that never changes, one that does, and one with a single value. */
function history() {
  const periods = data.periods.slice(-40);
  const values: ((at: number) => number | null)[] = [
    () => 20,
    (at) => 20 + Math.floor(at / 3) / 2,
    (at) => (at === periods.length - 1 ? 500 : null),
  ];
  return {
    forecast: forecast.id,
    feed: forecast.sources[0]?.feed ?? "",
    variable: forecast.variable,
    dimensions: [...forecast.dimensions],
    periods: [...periods],
    series: values.map((valueAt, at) => ({
      is: forecast.dimensions.map((name) => (name === "region" ? "north" : `${name} ${at}`)),
      values: periods.map((_, period) => valueAt(period)),
    })),
  };
}

test.each([
  { candidate: "changes", parameters },
  { candidate: "naive", parameters: {} },
])(
  "$candidate: the probabilities of every answer are those of the file, and no interval lacks a width by accident",
  async (recipe) => {
    const { model, card } = await published({ forecast, data, recipe, source: "model" });
    const distribution = { kind: "changes" as const, positive: true };
    const snapshot = loadSnapshot({ forecast, card: { ...card, distribution }, model, history: history() });
    expect(snapshot.model.outputs.map(({ name }) => name)).toContain(changesOutput);
    const prepared = prepareRows(
      snapshot,
      { kind: "all", from: 0 },
      { textNumbers: false, partial: false, explain: null },
    );
    if (!prepared.ok) throw new Error(prepared.error.detail);
    const evaluation = evaluateHere(snapshot, prepared.value.rows);
    const { predictions } = batchAnswerShape.parse(
      answerRows(snapshot, { ...prepared.value, kind: "all", stale: false, evaluation }),
    );
    expect(predictions).toHaveLength(3);
    for (const [row, prediction] of predictions.entries()) {
      if (!("series" in prediction)) throw new Error(prediction.error.detail);
      const { probabilities, quantiles, interval95 } = prediction;
      expect(probabilities?.down).toBeCloseTo(evaluation.outputs[downOutput]?.[row] ?? Number.NaN, 3);
      expect(probabilities?.up).toBeCloseTo(evaluation.outputs[upOutput]?.[row] ?? Number.NaN, 3);
      expect(quantiles?.["0.5"]).toBe(prediction[forecast.output]);
      const [low = 0, high = 0] = interval95 ?? [];
      expect(high > low || (probabilities?.same ?? 0) >= 0.95).toBe(true);
    }
  },
);
