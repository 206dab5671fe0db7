/**
 * Builds a snapshot of the forecast of one series: invented prices, and a model that continues half of the last change.
 */
import { buildHistory, type History } from "../../shared/api/history.ts";
import { graphOf } from "../../shared/candidates/graph.ts";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Card } from "../../shared/registry/card.ts";
import { compileModel, runProgram } from "../../shared/registry/onnx-engine.ts";
import { tinyModel } from "./card.ts";
import { seededRandom } from "./chance.ts";
import { factsOf } from "./facts.ts";
import { loadSnapshot } from "./snapshot.ts";

/** Returns weekdays up to `last`, with the prices of every currency that the features read. */
export function goldFacts(last = "2016-12-30", count = 200): Fact[] {
  const days: string[] = [];
  for (let day = last; days.length < count; day = addDays(day, -1)) if (isoWeekday(day) <= 5) days.unshift(day);
  return targetSourceOf(gold).variables.flatMap((variable, at) => {
    const random = seededRandom(at + 1);
    let price = 1000 * (at + 1);
    return days.map((period): Fact => {
      price *= 0.98 + 0.04 * random();
      return { period, series: "[]", variable, value: Math.round(price * 10) / 10 };
    });
  });
}

export function goldHistory(facts = goldFacts()): History {
  return buildHistory(gold, factsOf(gold, facts));
}

const inputs = gold.features.map(({ name }) => name);

export function goldModel(): { readonly model: Uint8Array<ArrayBuffer>; readonly card: Card } {
  const version = "20161230-aaaaaaaa";
  const encoding = { columns: [{ name: "EUR_dif1", how: "number" as const }], imputed: null };
  const one = Float64Array.of(1);
  const line = { coefficients: Float64Array.of(0.5), intercept: 0, means: Float64Array.of(0), scales: one };
  const model = writeModel(
    graphOf({
      features: gold.features,
      last: lastFeatureOf(gold),
      transform: gold.target.transform,
      value: { kind: "linear", encoding, model: line },
      change: null,
      name: gold.id,
      producer: "test",
      metadata: {},
    }),
  );
  const golden = Object.fromEntries(inputs.map((name) => [name, name === "EUR" ? [100, 2000] : [0.01, null]]));
  const compiled = compileModel(model);
  if (!compiled.ok) throw new Error(compiled.error.reason);
  const run = runProgram(
    compiled.value,
    Object.fromEntries(
      Object.entries(golden).map(([name, values]) => [name, Float32Array.from(values, (one) => one ?? Number.NaN)]),
    ),
  );
  if (!run.ok) throw new Error(run.error.reason);
  const card: Card = {
    ...tinyModel({ forecast: gold, version }).card,
    unit: gold.unit,
    output: gold.output,
    transform: gold.target.transform,
    model: { sha256: sha256Hex(model), bytes: model.length, nodes: 0, trees: 0 },
    features: gold.features.map(({ name, ...definition }) => ({ name, dtype: "float", definition })),
    intervals: [
      { level: 0.8, halfWidth: 1.25, atomShare: 0, atom: false, zeroWidth: false },
      { level: 0.95, halfWidth: 2, atomShare: 0, atom: false, zeroWidth: false },
    ],
    golden: {
      inputs: golden,
      outputs: Object.fromEntries(Object.entries(run.value).map(([name, values]) => [name, Array.from(values)])),
      tolerance: 1e-6,
    },
  };
  return { model, card };
}

export function goldSnapshot(history = goldHistory()): Snapshot {
  return loadSnapshot({ forecast: gold, ...goldModel(), history });
}
