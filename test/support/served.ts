/**
 * Builds the contents of KV and R2 for a serving forecast: a small history, and a model with last + bias and the number
 * of changes of the series.
 */

import type { ChampionPointer } from "../../shared/api/champion.ts";
import type { History } from "../../shared/api/history.ts";
import { dimensionOf, dtypeOf } from "../../shared/features/feature.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { float, floats, floatTensor, type Graph, mlNode, node, PORTABLE } from "../../shared/onnx/graph.ts";
import {
  changeOutput,
  changesOutput,
  downOutput,
  massesOutput,
  predictionOutput,
  upOutput,
} from "../../shared/onnx/outputs.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Card } from "../../shared/registry/card.ts";
import { bytesOf, tinyModel } from "./card.ts";
import { loadSnapshot, pointerTo, servedTextOf } from "./snapshot.ts";

export const forecast: Forecast = milkMx;

/** Returns the Mondays, Wednesdays and Fridays up to `last`, oldest first. */
export function publicationDays(last: string, count: number): string[] {
  const days: string[] = [];
  for (let day = last; days.length < count; day = addDays(day, -1)) {
    if (forecast.schedule.weekdays?.includes(isoWeekday(day))) days.unshift(day);
  }
  return days;
}

export const dimensionValues = [
  ["Jalisco", "Guadalajara", "Pasteurizada", "Autoservicios"],
  ["Jalisco", "Guadalajara", "Pasteurizada", "Tiendas"],
  ["Jalisco", "Zapopan", "Pasteurizada", "Autoservicios"],
  ["México", "Toluca", "Ultrapasteurizada", "Tiendas"],
] as const;

/** Returns prices that change sometimes. Every seventh is missing, but never the newest. */
export function historyOf(last = "2026-11-20", count = 65): History {
  const periods = publicationDays(last, count);
  return {
    forecast: forecast.id,
    feed: targetSourceOf(forecast).feed,
    variable: forecast.variable,
    dimensions: [...forecast.dimensions],
    periods,
    series: dimensionValues.map((is, series) => ({
      is: [...is],
      values: periods.map((_, at) =>
        (at + series) % 7 === 0 && at < count - 1 ? null : 20 + series + Math.floor(at / (3 + series)) * 0.25,
      ),
    })),
  };
}

export interface ServableStory {
  /** True to use operators that the built-in engine does not support. */
  readonly isOutside?: boolean;
  readonly version?: string;
  readonly number?: number;
  readonly bias?: number;
  /** True for a file with `changes`, and a card with the form of their distribution. */
  readonly hasChanges?: boolean;
  /** Changes of the card, including its golden rows. */
  readonly card?: Partial<Card>;
  /** Changes of served.json, also invalid ones. */
  readonly served?: Readonly<Record<string, unknown>>;
}

export interface Servable {
  readonly pointer: ChampionPointer;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
  readonly cardBytes: Uint8Array<ArrayBuffer>;
  readonly servedText: string;
}

export function servable(story: ServableStory = {}): Servable {
  const { version = "20261120-aaaaaaaa", number = 1, bias = 0.5, hasChanges = false } = story;
  const graph = hasChanges ? withChanges(graphOf(bias)) : graphOf(bias);
  const model = writeModel(story.isOutside ? outsideOf(graph) : graph);
  const known = (dimension: number) => [...new Set(dimensionValues.map((is) => is[dimension] ?? ""))].sort();
  const card: Card = {
    ...tinyModel({ forecast, version }).card,
    unit: forecast.unit,
    output: forecast.output,
    model: { sha256: sha256Hex(model), bytes: model.length, nodes: 0, trees: 0 },
    features: forecast.features.map((feature) => {
      const { name, ...definition } = feature;
      const dimension = dimensionOf(feature);
      return dimension === null
        ? { name, dtype: "float", definition }
        : { name, dtype: "string", definition, categories: known(forecast.dimensions.indexOf(dimension)) };
    }),
    intervals: [
      { level: 0.8, halfWidth: 0, atomShare: 0.814, atom: true, zeroWidth: true },
      { level: 0.95, halfWidth: 0.75, atomShare: 0, atom: false, zeroWidth: false },
    ],
    profile: profileFor(known),
    golden: goldenOf(bias),
    ...(hasChanges && { distribution: { kind: "changes", positive: true } }),
    ...story.card,
  };
  const servedText = JSON.stringify({ ...JSON.parse(servedTextOf(forecast, card)), ...story.served });
  return { pointer: pointerTo(card, servedText, number), model, card, cardBytes: bytesOf(card), servedText };
}

/** Returns the loaded snapshot. */
export function snapshotOf(story: ServableStory = {}, history = historyOf()): Snapshot {
  const { model, card, servedText } = servable(story);
  return loadSnapshot({ forecast, card, model, history }, servedText, story.number);
}

/** Returns the fields of a series. */
export function instanceOf(series = 0, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const is = dimensionValues[series] ?? [];
  return { ...Object.fromEntries(forecast.dimensions.map((name, at) => [name, is[at]])), ...more };
}

/** A profile with three bins for numbers from 0 to 100, and at most two categories per dimension. */
function profileFor(known: (dimension: number) => readonly string[]): Card["profile"] {
  return forecast.features.map((feature): Card["profile"][number] => {
    const { name } = feature;
    const dimension = dimensionOf(feature);
    if (dimension !== null) {
      const names = known(forecast.dimensions.indexOf(dimension)).slice(0, 2);
      return { name, dtype: "string", count: 10, missing: 0, counts: Object.fromEntries(names.map((one) => [one, 5])) };
    }
    const bins = { minimum: 0, maximum: 100, edges: [10, 25], counts: [3, 3, 4] };
    return { name, dtype: "float", count: 10, missing: 0, mean: null, standardDeviation: null, ...bins };
  });
}

const frequency = forecast.change?.frequency ?? "";
const baseRate = 0.25;

/** Adds a detour that does not change the result: a missing last value is replaced by itself. */
function outsideOf(graph: Graph): Graph {
  const [add, ...rest] = graph.nodes;
  if (add === undefined) throw new Error("the model has no first node");
  const nodes = [
    node("IsNaN", { inputs: ["Precio_lag1"], outputs: ["is_missing"] }),
    node("Where", { inputs: ["is_missing", "Precio_lag1", "Precio_lag1"], outputs: ["present"] }),
    { ...add, inputs: ["present", "bias"] },
    ...rest,
  ];
  return { ...graph, nodes };
}

/** The sizes of the next change and their shares of the probability of a change. */
export const sizes = [0.25, -0.1, 0, 0.5, -0.1] as const;
const shares = [0.5, 0.1, -1, 0.25, 0.15] as const;

/** Adds the outputs of a distribution: a rise has three quarters of the probability of a change. The prediction is not its mean. */
function withChanges(graph: Graph): Graph {
  const outputs = [downOutput, upOutput].map((name) => ({ name, type: "float" as const, shape: [null, 1] }));
  const wide = [changesOutput, massesOutput].map((name) => ({
    name,
    type: "float" as const,
    shape: [null, sizes.length],
  }));
  return {
    ...graph,
    outputs: [...graph.outputs, ...outputs, ...wide],
    nodes: [
      ...graph.nodes,
      node("Mul", { inputs: [changeOutput, "quarter"], outputs: [downOutput] }),
      node("Sub", { inputs: [changeOutput, downOutput], outputs: [upOutput] }),
      node("Sub", { inputs: [changeOutput, changeOutput], outputs: ["zero"] }),
      node("Add", { inputs: ["zero", "sizes"], outputs: [changesOutput] }),
      node("MatMul", { inputs: [changeOutput, "shares"], outputs: ["moved"] }),
      node("Add", { inputs: ["moved", "stays"], outputs: [massesOutput] }),
    ],
    initializers: [
      ...graph.initializers,
      floatTensor("quarter", [0.25]),
      floatTensor("sizes", sizes, [1, sizes.length]),
      floatTensor("shares", shares, [1, shares.length]),
      floatTensor("stays", [0, 0, 1, 0, 0], [1, sizes.length]),
    ],
  };
}

function graphOf(bias: number): Graph {
  return {
    ...PORTABLE,
    name: "served",
    inputs: forecast.features.map((feature) => ({ name: feature.name, type: dtypeOf(feature), shape: [null, 1] })),
    outputs: [predictionOutput, changeOutput].map((name) => ({ name, type: "float", shape: [null, 1] })),
    nodes: [
      node("Add", { inputs: ["Precio_lag1", "bias"], outputs: [predictionOutput] }),
      mlNode("Imputer", {
        inputs: [frequency],
        outputs: [changeOutput],
        attributes: { imputed_value_floats: floats([baseRate]), replaced_value_float: float(Number.NaN) },
      }),
    ],
    initializers: [floatTensor("bias", [bias])],
    producer: "test",
    metadata: {},
  };
}

function goldenOf(bias: number): Card["golden"] {
  const inputs = Object.fromEntries(
    forecast.features.map((feature) => [feature.name, dtypeOf(feature) === "float" ? [2, null] : ["a", ""]]),
  );
  inputs.Precio_lag1 = [2, 4];
  return {
    inputs,
    outputs: { [predictionOutput]: [2 + bias, 4 + bias], [changeOutput]: [2, baseRate] },
    tolerance: 0,
  };
}
