/**
 * Builds a snapshot of a classification: invented hours of air quality, and a model whose log odds depend on
 * yesterday's highest ozone.
 */
import { buildHistory, type History } from "../../shared/api/history.ts";
import { graphOf } from "../../shared/candidates/graph.ts";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Card } from "../../shared/registry/card.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { tinyModel } from "./card.ts";
import { factsOf } from "./facts.ts";
import { loadSnapshot, pointerTo, servedTextOf } from "./snapshot.ts";

/** Returns the hours of whole days up to `last`, and `hoursAfter` hours of the day after. */
export function airFacts(last = "2024-07-30", { days = 20, hoursAfter = 5 } = {}): Fact[] {
  const facts: Fact[] = [];
  targetSourceOf(sickness).variables.forEach((variable, at) => {
    for (let day = 0; day <= days; day++) {
      const date = addDays(last, day + 1 - days);
      for (let hour = 0; hour < (day === days ? hoursAfter : 24); hour++) {
        const value = 10 * (at + 1) - 30 * Number(variable === "european_aqi") + (day % 5) + hour / 4;
        facts.push({ period: `${date}T${String(hour).padStart(2, "0")}`, series: "[]", variable, value });
      }
    }
  });
  return facts;
}

export function airHistory(facts = airFacts()): History {
  return buildHistory(sickness, factsOf(sickness, facts));
}

export const threshold = 0.7;
/** The baseline's probabilities after a healthy and after a sick day. */
export const naiveAfter = [0.375, 0.875] as const;

export function classModel(): { readonly model: Uint8Array<ArrayBuffer>; readonly card: Card } {
  const version = "20240730-aaaaaaaa";
  const encoding = { columns: [{ name: "ozone_max", how: "number" as const }], imputed: null };
  const one = Float64Array.of(1);
  const line = { coefficients: Float64Array.of(0.125), intercept: 0, means: Float64Array.of(48), scales: one };
  const score = { kind: "linear" as const, encoding, model: line };
  const model = writeModel(
    graphOf({
      features: sickness.features,
      last: lastFeatureOf(sickness),
      transform: sickness.target.transform,
      value: { kind: "calibrated", score, slope: 2, intercept: 0.5 },
      change: null,
      name: sickness.id,
      producer: "test",
      metadata: {},
    }),
  );
  const inputs = Object.fromEntries(sickness.features.map(({ name }) => [name, [1, null]]));
  inputs.ozone_max = [48, 60];
  const numbers = Object.entries(inputs).map(
    ([name, values]) => [name, Float32Array.from(values, (value) => value ?? Number.NaN)] as const,
  );
  const run = evaluateOnnx(model, Object.fromEntries(numbers));
  if (!run.ok) throw new Error(run.error.reason);
  const outputs = Object.fromEntries(Object.entries(run.value).map(([name, values]) => [name, Array.from(values)]));
  const card: Card = {
    ...tinyModel({ forecast: sickness, version }).card,
    task: "classification",
    unit: sickness.unit,
    output: sickness.output,
    transform: "level",
    model: { sha256: sha256Hex(model), bytes: model.length, nodes: 0, trees: 0 },
    features: sickness.features.map(({ name, ...definition }) => ({ name, dtype: "float", definition })),
    decision: {
      labels: { event: "sick", otherwise: "healthy" },
      threshold,
      naive: { candidate: "state-frequency", after: [...naiveAfter] },
    },
    intervals: [],
    profile: sickness.features.map(({ name }) => ({
      name,
      dtype: "float",
      count: 100,
      missing: 0,
      mean: 1,
      standardDeviation: 1,
      minimum: 0,
      maximum: 2,
      edges: [1],
      counts: [50, 50],
    })),
    golden: { inputs, outputs, tolerance: 1e-5 },
  };
  return { model, card };
}

/** The stored form in KV and R2. */
export function servableClasses() {
  const { model, card } = classModel();
  const servedText = servedTextOf(sickness, card);
  return { pointer: pointerTo(card, servedText), model, servedText };
}

export function classSnapshot(history = airHistory()): Snapshot {
  return loadSnapshot({ forecast: sickness, ...classModel(), history });
}
