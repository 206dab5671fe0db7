import { expect, test } from "vitest";
import type { BatchAnswer, Prediction, PredictionWithFeatures, SingleAnswer } from "../../shared/api/predict.ts";
import { crps } from "../../shared/distributions/crps.ts";
import { groupAnswer } from "../../shared/predict/group-answer.ts";
import { readGroup } from "../../shared/predict/group-request.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { seriesPath } from "../../shared/predict/series-path.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { predictOrigin } from "../../shared/reports/predict-origin.ts";
import { predictionParts, predictionsToPublish } from "../../shared/track-record/publish-snapshot.ts";
import {
  type PublishedPrediction,
  writePredictionParts,
  writePredictions,
} from "../../shared/track-record/published-prediction.ts";
import { forecast, snapshotOf } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

const publishedAt = "2026-11-20T15:00:00.000Z";
const stepped = { hasChanges: true, card: { baselines: milkBaselines, steps: [...forecast.steps] } };

async function publish(snapshot: Snapshot, baseline: Snapshot | null): Promise<PublishedPrediction[]> {
  const made = await predictionsToPublish({ snapshot, baseline, publishedAt });
  if (!made.ok) throw new Error(made.error.reason);
  return made.value;
}

/** Returns the answer of `/predict` for all series. */
function answerAll(snapshot: Snapshot): {
  answer: BatchAnswer;
  rows: readonly Parameters<typeof seriesPath>[1]["row"][];
} {
  const options = { partial: false, explain: null, above: undefined, textNumbers: false };
  const prepared = prepareRows(snapshot, { kind: "all", from: 0 }, options);
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const answer = answerRows(snapshot, { ...prepared.value, kind: "all", stale: false }) as BatchAnswer;
  return { answer, rows: prepared.value.rows };
}

/** Returns the numbers that an answer and a published prediction have in common. */
function numbersOf(one: Record<string, unknown>) {
  const { predicted_price: median, expected: mean, quantiles, probabilities: chances, served_by: servedBy } = one;
  return { median, mean, quantiles: Object.values(quantiles ?? {}), chances, servedBy };
}

function publishedNumbers({ median, mean, quantiles, chances, servedBy }: PublishedPrediction) {
  return { median, mean, quantiles, chances, servedBy };
}

test("step by step the file has the same bytes", async () => {
  const snapshot = snapshotOf(stepped);
  const parts = await predictionParts({ snapshot, baseline: snapshot, publishedAt });
  if (!parts.ok) throw new Error(parts.error.reason);
  const whole = await publish(snapshot, snapshot);
  expect(Buffer.from(writePredictionParts(forecast, parts.value))).toEqual(
    Buffer.from(writePredictions(forecast, whole)),
  );
  const steps = Array.from(parts.value, (part) => [...new Set(part.map(({ step }) => step))]);
  expect(steps).toEqual(forecast.steps.map((step) => [step]));
  const [first] = parts.value;
  expect(first?.every(({ step }) => step === 1)).toBe(true);
});

test("with a known evaluation the model does not run again", async () => {
  const snapshot = snapshotOf(stepped);
  const answered = await predictOrigin(snapshot, null);
  if (!answered.ok) throw new Error(answered.error);
  const { evaluated } = answered.value;
  const run = () => Promise.reject(new Error("the model runs again"));
  const model = { ...snapshot.model, engine: { name: "onnxruntime-web", run } } as const;
  const used = { ...snapshot, model };
  const parts = await predictionParts({ snapshot: used, evaluated, baseline: used, publishedAt });
  if (!parts.ok) throw new Error(parts.error.reason);
  expect([...parts.value].flat()).toEqual(await publish(snapshot, snapshot));
  await expect(predictionParts({ snapshot: used, baseline: used, publishedAt })).rejects.toThrow("runs again");
});

test("series and steps are published with the numbers of /predict", async () => {
  const snapshot = snapshotOf(stepped);
  const published = await publish(snapshot, snapshot);
  const { answer, rows } = answerAll(snapshotOf(stepped));
  const other = snapshotOf(stepped);
  const paths = answer.predictions.map((one, at) => {
    const row = rows[at];
    if (row === undefined) throw new Error(`no row ${at}`);
    const path = seriesPath(other, { row, prediction: one as PredictionWithFeatures }, forecast.steps);
    if (!path.ok) throw new Error(path.error.detail);
    return path.value;
  });
  for (const step of forecast.steps) {
    const ofStep = published.filter((one) => one.set === "series" && one.step === step);
    expect(ofStep.map(publishedNumbers)).toEqual(paths.map((path) => numbersOf(path[step - 1] ?? {})));
    expect(ofStep.map(({ target }) => target)).toEqual(paths.map((path) => path[step - 1]?.target_period));
  }
});

test("groups are published at every step with the numbers of /predict", async () => {
  const snapshot = snapshotOf(stepped);
  const published = (await publish(snapshot, snapshot)).filter(({ set }) => set === "state");
  expect(published).toHaveLength(2 * forecast.steps.length);
  const named = readGroup(snapshot, { Estado: "Jalisco" }, null);
  if (!named?.ok) throw new Error("no group");
  const answer = groupAnswer(snapshot, snapshot.heads.fresh, named.value, forecast.steps);
  if (!answer.ok) throw new Error(answer.error.detail);
  const { path = [] }: SingleAnswer = answer.value;
  const jalisco = published.filter(({ series }) => series.Estado === "Jalisco");
  expect(jalisco.map(publishedNumbers)).toEqual(path.map(numbersOf));
});

test("the baseline's distribution is published beside the model's, and not twice if the baseline serves", async () => {
  const [snapshot, baseline] = [snapshotOf(stepped), snapshotOf({ ...stepped, bias: 0, version: "20261120-bbbbbbbb" })];
  const [own] = await publish(snapshot, snapshot);
  expect(own?.baseline).toBeNull();
  const [beside] = await publish(snapshot, baseline);
  const [alone] = await publish(baseline, baseline);
  expect(beside?.baseline?.distribution).toEqual(alone?.distribution);
  expect(beside?.distribution && crps(beside.distribution, 2000)).toBeGreaterThan(0);
  const [without] = await publish(snapshot, null);
  expect(without?.baseline).toEqual({ median: null, mean: null, event: null, distribution: null });
});

test("a model without distributions publishes its value", async () => {
  const snapshot = snapshotOf();
  const [first] = await publish(snapshot, snapshot);
  const { answer } = answerAll(snapshotOf());
  expect(first).toMatchObject({
    median: (answer.predictions[0] as Prediction).predicted_price,
    mean: null,
    quantiles: null,
    distribution: null,
  });
});
