/**
 * A model small enough to read, its whole card, and an engine that really computes it. The file is JSON instead of ONNX:
 * { weights, codes, bias } → prediction = bias + Σ weight × number + Σ code of the category.
 */
import { fingerprintOf } from "../../shared/features/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/hash.ts";
import type { Card } from "../../shared/registry/card.ts";
import type { Column, Evaluate } from "../../shared/registry/golden.ts";

export interface TinyStory {
  readonly forecast: Pick<Forecast, "id" | "features" | "feed" | "variable">;
  readonly version: string;
  readonly candidate?: string;
  /** Any text: hashed to the recipe's id. */
  readonly recipe?: string;
  /** The version that it was judged against. */
  readonly incumbent?: string | null;
  /** Mean loss of everyone; each period wiggles around it. */
  readonly losses?: { readonly challenger: number; readonly naive: number; readonly incumbent?: number };
  /** First day and number of daily test periods. */
  readonly from?: string;
  readonly periods?: number;
  readonly bias?: number;
}

export interface TinyModel {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
}

const float = "last";
const category = "place";
const places = ["here", "there"];

interface TinyFile {
  readonly weights: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly bias: number;
}

export function tinyModel(story: TinyStory): TinyModel {
  const { forecast, version, candidate = "tiny", periods = 60, bias = 0.5 } = story;
  const file: TinyFile = { weights: { [float]: 2 }, codes: { [category]: { here: 1, there: 10 } }, bias };
  const model = bytesOf(file);
  const days = daysFrom(story.from ?? "2026-01-01", periods);
  const { challenger = 1, naive = 2, incumbent: incumbentLoss = naive } = story.losses ?? {};
  const incumbent = story.incumbent ?? null;
  const recipe = sha256Hex(story.recipe ?? candidate).slice(0, 16);
  const span = { from: days[0] ?? "", to: days.at(-1) ?? "", periods, rows: periods * 10 };
  const inputs = { [float]: [1, 2.5, null], [category]: ["here", "there", "here"] };
  const prediction = inputs[float]?.map((value, row) =>
    answer(file, { [float]: value ?? Number.NaN, [category]: inputs[category]?.[row] ?? "" }),
  );
  const line = { candidate, validationRmse: 1, mae: 0.5, coverage80: 0.8, coverage95: 0.95, seconds: 1, note: null };
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
      horizon: 1,
      transform: "level",
      recipe: { id: recipe, candidate, parameters: { bias }, features: "0123456789abcdef" },
      producer: "almanac",
      model: { sha256: sha256Hex(model), bytes: model.length, nodes: 0, trees: 0 },
      features: [
        { name: float, dtype: "float", definition: { kind: "lag", periods: 1 } },
        { name: category, dtype: "string", definition: { kind: "dimension" }, categories: places },
      ],
      fingerprint: fingerprintOf(forecast.features),
      lineage: {
        feed: forecast.feed,
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
        change: null,
        incumbent,
        reason: "It was the best on validation.",
      },
      published: span,
      intervals: [{ level: 0.8, halfWidth: 1, atomShare: 0, atom: false, zeroWidth: false }],
      unchangedShare: null,
      profile: [
        {
          name: float,
          dtype: "float",
          count: 100,
          missing: 1,
          mean: 2,
          standardDeviation: 1,
          edges: [1, 2],
          counts: [30, 30, 39],
        },
        { name: category, dtype: "string", count: 100, missing: 0, counts: { here: 50, there: 50 } },
      ],
      golden: { inputs, outputs: { prediction: prediction ?? [] }, tolerance: 0 },
    },
  };
}

/** Computes a tiny file; anything else is refused like a file of another kind. */
export const evaluateTiny: Evaluate = (model, inputs) => {
  let file: TinyFile;
  try {
    file = JSON.parse(new TextDecoder().decode(model));
  } catch {
    return { ok: false, reason: "the file is no tiny model" };
  }
  const rows = Object.values<Column>(inputs)[0]?.length ?? 0;
  const prediction = Array.from({ length: rows }, (_, row) =>
    answer(file, Object.fromEntries(Object.entries(inputs).map(([name, column]) => [name, column[row] ?? ""]))),
  );
  return { ok: true, outputs: { prediction } };
};

/** A missing number counts as nothing, like an imputed zero. */
function answer({ weights, codes, bias }: TinyFile, row: Readonly<Record<string, number | string>>): number {
  return Object.entries(row).reduce((sum, [name, value]) => {
    if (typeof value === "string") return sum + (codes[name]?.[value] ?? 0);
    return sum + (Number.isNaN(value) ? 0 : (weights[name] ?? 0) * value);
  }, bias);
}

export function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify(value)));
}

function daysFrom(first: string, count: number): string[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return Array.from({ length: count }, (_, day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10));
}

/** Losses around a level; every contender wiggles in its own way, so that differences have a variance. */
function wiggle(days: readonly string[], level: number, phase: number): number[] {
  return days.map((_, day) => level + (((day + phase) * (2 * phase + 1)) % 7) / 20);
}
