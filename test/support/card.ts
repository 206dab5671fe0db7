/**
 * Builds a small model and its complete card: prediction = (2 × last, or 0 if it is missing) + code of place + bias.
 * Its inputs are the last value and the first category of the forecast.
 */
import { type Fingerprinted, fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import { type Forecast, lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { float, floats, floatTensor, type Graph, mlNode, node, PORTABLE, strings } from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Card } from "../../shared/registry/card.ts";

export interface TinyStory {
  readonly forecast: Fingerprinted & Pick<Forecast, "id">;
  readonly version: string;
  readonly candidate?: string;
  /** Any text; its hash is the id of the recipe. */
  readonly recipe?: string;
  /** The version against which it was judged. */
  readonly incumbent?: string | null;
  /** Mean loss of each contender. The losses of single periods vary around it. */
  readonly losses?: { readonly challenger: number; readonly naive: number; readonly incumbent?: number };
  /** First day and number of the daily test periods. */
  readonly from?: string;
  readonly periods?: number;
  /** The look that its training made. */
  readonly look?: Card["judged"]["look"];
  readonly bias?: number;
  /** Names of the inputs; the forecast's own by default. */
  readonly inputs?: TinyInputs;
}

export interface TinyModel {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
}

interface TinyInputs {
  readonly last: string;
  readonly place: string;
}

/** Names of the two inputs. A forecast without categories has no input for the place. */
export function tinyInputs({ id, features }: Pick<Forecast, "id" | "features">): TinyInputs {
  const category = features.find(({ kind }) => kind === "category");
  return { last: lastFeatureOf({ id, features }), place: category?.name ?? "place" };
}

const places = ["here", "there"];
const codes = [1, 10];

export function tinyModel(story: TinyStory): TinyModel {
  const { forecast, version, candidate = "tiny", periods = 60, bias = 0.5 } = story;
  const names = story.inputs ?? tinyInputs(forecast);
  const model = writeModel(graphOf(names, bias));
  const days = daysFrom(story.from ?? "2026-01-01", periods);
  const { challenger = 1, naive = 2, incumbent: incumbentLoss = naive } = story.losses ?? {};
  const incumbent = story.incumbent ?? null;
  const recipe = sha256Hex(story.recipe ?? candidate).slice(0, 16);
  const span = { from: days[0] ?? "", to: days.at(-1) ?? "", periods, rows: periods * 10 };
  const [lasts, rowPlaces] = [
    [1, 2.5, null],
    ["here", "there", "here"],
  ];
  const inputs = { [names.last]: lasts, [names.place]: rowPlaces };
  const prediction = lasts.map((last, row) => answer(last ?? 0, rowPlaces[row] ?? "", bias));
  const line = {
    candidate,
    validationRmse: 1,
    validationMedian: null,
    gateP: null,
    mae: 0.5,
    coverage80: 0.8,
    coverage95: 0.95,
    seconds: 1,
    note: null,
    classification: null,
    distribution: null,
  };
  return {
    model,
    card: {
      format: 1,
      forecast: forecast.id,
      version,
      title: "A tiny model",
      task: "regression",
      unit: "MXN",
      output: "prediction",
      steps: [1],
      baselines: [],
      backfill: [],
      further: null,
      transform: "level",
      recipe: { id: recipe, candidate, parameters: { bias }, features: "0123456789abcdef" },
      producer: "almanac",
      model: { sha256: sha256Hex(model), bytes: model.length, nodes: 0, trees: 0 },
      features: [
        { name: names.last, dtype: "float", definition: { kind: "lag", periods: 1 } },
        { name: names.place, dtype: "string", definition: { kind: "category" }, categories: places },
      ],
      fingerprint: fingerprintOf(forecast),
      lineage: {
        feed: targetSourceOf(forecast).feed,
        variable: forecast.variable,
        observations: 100,
        dataHash: sha256Hex("data"),
        codeVersion: "test",
        seed: 1,
        trials: 3,
      },
      judged: {
        validation: span,
        test: span,
        contenders: [
          { ...line, name: "Tiny", recipe, rmse: Math.sqrt(challenger), skill: 0.3, pValue: 0.01 },
          { ...line, name: "Naive", candidate: "naive", recipe: null, rmse: Math.sqrt(naive), skill: 0, pValue: null },
        ],
        evidence: {
          periods: days,
          rows: days.map(() => 10),
          horizon: 1,
          challenger: wiggle(days, challenger, 1),
          naive: wiggle(days, naive, 2),
          incumbent: incumbent === null ? null : wiggle(days, incumbentLoss, 3),
        },
        field: [],
        look: story.look ?? null,
        metric: "rmse",
        naive: "naive",
        change: null,
        calibration: null,
        groups: [],
        incumbent,
        reason: "It was the best on validation.",
      },
      published: span,
      breaks: [],
      decision: null,
      intervals: [{ level: 0.8, halfWidth: 1, atomShare: 0, atom: false, zeroWidth: false }],
      intervalsHoldLast: false,
      distribution: null,
      unchangedShare: null,
      profile: [
        {
          name: names.last,
          dtype: "float",
          count: 100,
          missing: 1,
          mean: 2,
          standardDeviation: 1,
          minimum: 0,
          maximum: 3,
          edges: [1, 2],
          counts: [30, 30, 39],
        },
        { name: names.place, dtype: "string", count: 100, missing: 0, counts: { here: 50, there: 50 } },
      ],
      golden: { inputs, outputs: { prediction }, tolerance: 0 },
    },
  };
}

function graphOf(names: TinyInputs, bias: number): Graph {
  return {
    name: "tiny",
    inputs: [
      { name: names.last, type: "float", shape: [null, 1] },
      { name: names.place, type: "string", shape: [null, 1] },
    ],
    outputs: [{ name: "prediction", type: "float", shape: [null, 1] }],
    nodes: [
      mlNode("Imputer", {
        inputs: [names.last],
        outputs: ["present"],
        attributes: { imputed_value_floats: floats([0]), replaced_value_float: float(Number.NaN) },
      }),
      mlNode("LabelEncoder", {
        inputs: [names.place],
        outputs: ["code"],
        attributes: { keys_strings: strings(places), values_floats: floats(codes), default_float: float(0) },
      }),
      node("Mul", { inputs: ["present", "weight"], outputs: ["scaled"] }),
      node("Add", { inputs: ["scaled", "code"], outputs: ["sum"] }),
      node("Add", { inputs: ["sum", "bias"], outputs: ["prediction"] }),
    ],
    initializers: [floatTensor("weight", [2]), floatTensor("bias", [bias])],
    ...PORTABLE,
    producer: "test",
    metadata: {},
  };
}

/** Computes the same prediction in TypeScript, rounded to float32 like the graph. */
function answer(last: number, place: string, bias: number): number {
  const code = codes[places.indexOf(place)] ?? 0;
  return Math.fround(Math.fround(2 * last + code) + Math.fround(bias));
}

export function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify(value)));
}

function daysFrom(first: string, count: number): string[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return Array.from({ length: count }, (_, day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10));
}

/** Returns losses around a level. They vary differently for each contender, so that differences have a variance. */
function wiggle(days: readonly string[], level: number, phase: number): number[] {
  return days.map((_, day) => level + (((day + phase) * (2 * phase + 1)) % 7) / 20);
}
