/** From the bytes of a model and its card to a model that may serve: nothing is believed that can be checked. */
import type { ChampionPointer } from "../api/champion.ts";
import { type BuiltExplainer, buildExplainer } from "../explain/explainer.ts";
import { dtypeOf, type Feature } from "../features/feature.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { objectTemplate } from "../lib/object-template.ts";
import { isObject, shaped } from "../lib/validate-json.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import { readModel } from "../onnx/read.ts";
import { checkCard } from "../registry/check-card.ts";
import { type Column, runGolden } from "../registry/golden.ts";
import { compileModel, runProgram } from "../registry/onnx-engine.ts";
import { cardFormat, type ServedCard, servedCardShape } from "../registry/served-card.ts";
import { ownLine } from "../registry/summary.ts";
import type { Engine } from "./engines.ts";

/** One input of the model, and the feature that it is fed with. */
export interface ModelInput {
  readonly name: string;
  readonly declared: Feature;
  /** What a text was trained on; null for a number. */
  readonly categories: ReadonlySet<string> | null;
}

export interface ServedModel {
  readonly card: ServedCard;
  readonly engine: Engine;
  /** Of the change of champion that made it serve. */
  readonly number: number;
  /** Its line on the leaderboard. */
  readonly name: string;
  readonly inputs: readonly ModelInput[];
  /** Objects with the inputs' names, to be copied and filled. */
  readonly blank: {
    readonly inputs: Readonly<Record<string, Column>>;
    readonly features: Readonly<Record<string, number | string | null>>;
  };
  readonly hasChange: boolean;
  /** Why it cannot be explained; null where its file may tell. */
  readonly unexplained: string | null;
}

export type LoadedModel =
  | { readonly ok: true; readonly model: ServedModel }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Our engine does not know what is in the file: another one may. */
      readonly isOutside?: true;
    };

export interface ModelParts {
  readonly forecast: Forecast;
  readonly pointer: ChampionPointer;
  /** Of the forecast's features as this code computes them, by every rule for fingerprints. */
  readonly fingerprints: readonly string[];
  /** Of the size and digest that the pointer names: that was checked before. */
  readonly bytes: Uint8Array;
  readonly cardText: string;
}

/** What a card says, where it belongs to the file, the forecast and this code. */
export type CheckedCard =
  | {
      readonly ok: true;
      readonly card: ServedCard;
      readonly inputs: readonly ModelInput[];
      readonly name: string;
    }
  | { readonly ok: false; readonly reason: string };

export function checkedCard({ forecast, pointer, fingerprints, cardText }: Omit<ModelParts, "bytes">): CheckedCard {
  const read = readCard(cardText);
  if (!read.ok) return read;
  const { card } = read;
  const { version, model } = pointer;
  const place = { forecast: forecast.id, version, sha256: model.sha256, bytes: model.bytes, fingerprints };
  const mismatch = checkCard(card, place);
  if (mismatch) return failed(`${mismatch.detail} Found ${mismatch.found}, expected ${mismatch.expected}.`);
  const matched = inputsOf(forecast, card);
  if (!matched.ok) return matched;
  return { ok: true, card, inputs: matched.inputs, name: ownLine(card)?.name ?? card.recipe.candidate };
}

/** Reads, compares and tries a model on its golden rows in our engine. O(bytes + golden rows × model). */
export function loadModel(parts: ModelParts): LoadedModel {
  const checked = checkedCard(parts);
  if (!checked.ok) return checked;
  const { card, inputs, name } = checked;
  const { bytes, pointer } = parts;
  const compiled = compileModel(bytes);
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  const outputs = new Set(program.outputs.filter(({ type }) => type === "float").map(({ name }) => name));
  if (!outputs.has(predictionOutput)) return failed(`model.onnx has no float output ${predictionOutput}`);
  const tried = runGolden(bytes, card, (_, columns) => runProgram(program, columns));
  if (!tried.ok) return tried;
  const engine = { name: "tabular", program } as const;
  const hasChange = outputs.has(changeOutput);
  const { number } = pointer;
  return {
    ok: true,
    model: { card, engine, number, name, inputs, blank: blankOf(inputs), hasChange, unexplained: null },
  };
}

export function blankOf(inputs: readonly ModelInput[]): ServedModel["blank"] {
  const names = inputs.map(({ name }) => name);
  return { inputs: objectTemplate<Column>(names, []), features: objectTemplate<number | string | null>(names, null) };
}

/** Reads the file a second time: the program has forgotten what an explanation needs, and most models are never explained. */
export function explainerOf(bytes: Uint8Array, { features, profile }: ServedCard): BuiltExplainer {
  const read = readModel(bytes);
  const inputs = features.map(({ name }) => name);
  return read.ok
    ? buildExplainer({ graph: read.graph, inputs, output: predictionOutput, profile })
    : failed("its file cannot be read");
}

type ReadCard = { readonly ok: true; readonly card: ServedCard } | { readonly ok: false; readonly reason: string };

function readCard(text: string): ReadCard {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failed("card.json is not JSON");
  }
  const stated = isObject(json) ? json.format : undefined;
  if (stated !== cardFormat) {
    return failed(`the card has format ${JSON.stringify(stated)}; this code reads ${cardFormat}: bring it up to date`);
  }
  const read = shaped(servedCardShape, json);
  return read.ok ? { ok: true, card: read.value } : failed(`the card cannot be read: ${read.reason}`);
}

type MatchedInputs =
  | { readonly ok: true; readonly inputs: readonly ModelInput[] }
  | { readonly ok: false; readonly reason: string };

/** Every feature of the card is one that the forecast computes. */
function inputsOf(forecast: Forecast, card: ServedCard): MatchedInputs {
  const inputs: ModelInput[] = [];
  for (const feature of card.features) {
    const declared = forecast.features.find(({ name }) => name === feature.name);
    if (declared === undefined || dtypeOf(declared) !== feature.dtype) {
      return failed(
        `the model reads ${feature.name} (${feature.dtype}), which forecast ${forecast.id} does not compute`,
      );
    }
    const categories = feature.dtype === "string" ? new Set(feature.categories) : null;
    inputs.push({ name: feature.name, declared, categories });
  }
  return { ok: true, inputs };
}

const failed = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });
