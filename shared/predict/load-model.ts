/** Loads a model in the built-in engine: compiles its file and compares its outputs with the golden rows. */
import { type BuiltExplainer, buildExplainer } from "../explain/explainer.ts";
import { objectTemplate } from "../lib/object-template.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { predictionOutput } from "../onnx/outputs.ts";
import { readModel } from "../onnx/read.ts";
import { type InputColumn, runGolden } from "../registry/golden.ts";
import { compileModel, runProgram } from "../registry/onnx-engine.ts";
import type { ServedCard } from "../registry/served.ts";
import type { Engine } from "./engines.ts";
import type { LoadedLearner } from "./learned-steps.ts";
import { knownOutputs, lackingOutputs, type ModelOutput } from "./model-outputs.ts";
import type { ModelInput, ServedDescription } from "./read-served.ts";

/** The number of the champion change that made a version serve, and the number of its served.json. */
export interface ServedNumber {
  readonly number: number;
  readonly servedNumber: number;
}

/** Why another version serves instead of the champion. */
export interface FallbackNote {
  /** The champion that could not be loaded. */
  readonly champion: string;
  readonly reason: string;
}

export interface ServedModel extends ServedDescription, ServedNumber {
  /** Set if the version is not the champion. `number` is then that of the champion. */
  readonly fallback?: FallbackNote;
  /** From the champion pointer: the time and the reason of the champion's change. */
  readonly since?: string;
  readonly decision?: string | undefined;
  readonly engine: Engine;
  /** The learner of further steps, where it is loaded with the model. `predict` loads it on the first request for a path. */
  readonly learner?: LoadedLearner | null;
  /** Objects with the inputs' names, to be copied and filled. */
  readonly templates: {
    readonly inputs: Readonly<Record<string, InputColumn>>;
    readonly features: Readonly<Record<string, number | string | null>>;
  };
  /** The known outputs of the file. */
  readonly outputs: readonly ModelOutput[];
  /** Why predictions cannot be explained; null if that depends on the file only. */
  readonly unexplainedReason: string | null;
}

export interface LoadFailure {
  readonly reason: string;
  /** True if the file uses operators that the built-in engine does not have: the onnx Worker may run it. */
  readonly isOutside: boolean;
}

export interface ModelParts extends ServedNumber {
  readonly description: ServedDescription;
  /** Bytes of `model.onnx`. Their digest was checked. */
  readonly bytes: Uint8Array;
}

/** Compiles a model and runs its golden rows in the built-in engine. O(bytes + golden rows × model). */
export function loadModel({ description, bytes, number, servedNumber }: ModelParts): Result<ServedModel, LoadFailure> {
  const compiled = compileModel(bytes);
  if (!compiled.ok) {
    return failure({ reason: compiled.error.reason, isOutside: compiled.error.isOutside === true });
  }
  const program = compiled.value;
  const outputs = knownOutputs(
    program.outputs
      .filter(({ type }) => type === "float")
      .map(({ name, shape }) => ({
        name,
        columns: shape.slice(1).reduce<number>((all, size) => all * (size ?? 1), 1),
      })),
  );
  if (!outputs.some(({ name }) => name === predictionOutput))
    return broken(`model.onnx has no float output ${predictionOutput}`);
  const lacking = lackingOutputs(description.card, outputs);
  if (lacking !== null) return broken(lacking);
  const golden = runGolden(bytes, description.card, (_, columns) => runProgram(program, columns));
  if (!golden.ok) return broken(golden.error);
  return success({
    ...description,
    engine: { name: "tabular", program },
    number,
    servedNumber,
    templates: templatesOf(description.inputs),
    outputs,
    unexplainedReason: null,
  });
}

export function templatesOf(inputs: readonly ModelInput[]): ServedModel["templates"] {
  const names = inputs.map(({ name }) => name);
  return {
    inputs: objectTemplate<InputColumn>(names, []),
    features: objectTemplate<number | string | null>(names, null),
  };
}

/**
 * Builds the explainer of a model. Reads the file again: the compiled program does not contain the data of an
 * explanation.
 */
export function explainerOf(bytes: Uint8Array, { features, profile }: ServedCard): BuiltExplainer {
  const read = readModel(bytes);
  const inputs = features.map(({ name }) => name);
  return read.ok
    ? buildExplainer({ graph: read.value, inputs, output: predictionOutput, profile })
    : failure("its file cannot be read");
}

const broken = (reason: string): Result<ServedModel, LoadFailure> => failure({ reason, isOutside: false });
