/** Builds a snapshot of a forecast of the next event: purchases of two customers, and a model whose log odds depend on the share of large ones. */
import { buildHistory } from "../../shared/api/history.ts";
import { graphOf } from "../../shared/candidates/graph.ts";
import { dtypeOf } from "../../shared/features/feature.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Card } from "../../shared/registry/card.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { tinyModel } from "./card.ts";
import { shopFacts, type TestPurchase, type TestStatement } from "./shop-facts.ts";
import { loadSnapshot } from "./snapshot.ts";

const read = "large_share_365";

/** Categories of a text feature, with the text for a missing value. */
function categoriesOf(feature: (typeof customers.features)[number]): string[] {
  const known = "categories" in feature ? feature.categories : [];
  // As in training data: customers without a region, but no purchase without a payment method.
  return (feature.name === "region" ? [...known, "unknown"] : [...known]).sort();
}

/** Returns the model and its card. */
export function eventModel(): { readonly model: Uint8Array<ArrayBuffer>; readonly card: Card } {
  const { features } = customers;
  const one = Float64Array.of(1);
  const line = { coefficients: Float64Array.of(4), intercept: -1, means: Float64Array.of(0), scales: one };
  const encoding = { columns: [{ name: read, how: "number" as const }], imputed: null };
  const model = writeModel(
    graphOf({
      features,
      last: lastFeatureOf(customers),
      transform: customers.target.transform,
      value: { kind: "calibrated", score: { kind: "linear", encoding, model: line }, slope: 1, intercept: 0 },
      change: null,
      name: customers.id,
      producer: "test",
      metadata: {},
    }),
  );
  const inputs = Object.fromEntries(
    features.map((feature) => [
      feature.name,
      dtypeOf(feature) === "string" ? ["unknown"] : Float32Array.of(feature.name === read ? 0.5 : 1),
    ]),
  );
  const run = evaluateOnnx(model, inputs);
  if (!run.ok) throw new Error(run.error.reason);
  const base = tinyModel({ forecast: customers, version: "20250601-aaaaaaaa" }).card;
  const card: Card = {
    ...base,
    task: "classification",
    unit: customers.unit,
    output: customers.output,
    transform: "level",
    model: { sha256: sha256Hex(model), bytes: model.length, nodes: 0, trees: 0 },
    features: features.map((feature): Card["features"][number] => {
      const { name, ...definition } = feature;
      return dtypeOf(feature) === "string"
        ? { name, dtype: "string", definition, categories: categoriesOf(feature) }
        : { name, dtype: "float", definition };
    }),
    decision: {
      labels: { event: "large", otherwise: "ordinary" },
      threshold: 0.5,
      naive: { candidate: "state-frequency", after: [0.125, 0.5] },
    },
    intervals: [],
    profile: [],
    golden: {
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, [...values]])),
      outputs: Object.fromEntries(Object.entries(run.value).map(([name, values]) => [name, Array.from(values)])),
      tolerance: 1e-5,
    },
  };
  return { model, card };
}

export function eventSnapshot(purchases: readonly TestPurchase[], statements: readonly TestStatement[] = []): Snapshot {
  const history = buildHistory(customers, shopFacts(customers, purchases, statements));
  return loadSnapshot({ forecast: customers, ...eventModel(), history });
}
