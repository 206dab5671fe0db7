/** Predictions of consecutive rows, and their combination. */
import type { ChangeOutputs } from "../candidates/next-change.ts";
import { changeOutput, changesOutput, downOutput, massesOutput, predictionOutput, upOutput } from "../onnx/outputs.ts";

export interface Predicted {
  /** One per row: values in the target's unit, or probabilities. */
  readonly predictions: Float64Array;
  /** The distribution of the next change; null for a model that predicts only a value. */
  readonly changes: ChangeOutputs | null;
}

/** Returns predictions of rows that follow each other as one. All have changes, or none has. */
export function joinPredicted(pieces: readonly Predicted[]): Predicted {
  const changes = pieces.flatMap((piece) => piece.changes ?? []);
  return {
    predictions: joined(
      pieces.map(({ predictions }) => predictions),
      (length) => new Float64Array(length),
    ),
    changes: changes.length < pieces.length || changes.length === 0 ? null : joinChanges(changes),
  };
}

/** Returns the predictions of the rows at positions `from` to `to`, the end excluded. */
export function slicePredicted({ predictions, changes }: Predicted, from: number, to = predictions.length): Predicted {
  if (changes === null) return { predictions: predictions.subarray(from, to), changes };
  const { width } = changes;
  return {
    predictions: predictions.subarray(from, to),
    changes: {
      width,
      down: changes.down.subarray(from, to),
      up: changes.up.subarray(from, to),
      either: changes.either.subarray(from, to),
      changes: changes.changes.subarray(from * width, to * width),
      masses: changes.masses.subarray(from * width, to * width),
    },
  };
}

/**
 * Returns the predictions at these positions. A position of −1 has no prediction: its value is `last`, and its distribution is
 * certain that nothing changes.
 */
export function pickPredicted(
  { predictions, changes }: Predicted,
  positions: readonly number[],
  last: (at: number) => number,
): Predicted {
  const values = Float64Array.from(positions, (position, at) => predictions[position] ?? last(at));
  if (changes === null) return { predictions: values, changes };
  const { width } = changes;
  const one = (numbers: Float32Array) => Float32Array.from(positions, (position) => numbers[position] ?? 0);
  const wide = (numbers: Float32Array, otherwise: (i: number) => number) =>
    Float32Array.from({ length: positions.length * width }, (_, i) => {
      const position = positions[Math.floor(i / width)] ?? -1;
      return position < 0 ? otherwise(i % width) : (numbers[position * width + (i % width)] ?? 0);
    });
  return {
    predictions: values,
    changes: {
      width,
      down: one(changes.down),
      up: one(changes.up),
      either: one(changes.either),
      changes: wide(changes.changes, () => 0),
      masses: wide(changes.masses, (i) => Number(i === 0)),
    },
  };
}

/** Returns the outputs of a model file as predictions. `count`: the number of rows. */
export function predictedOfOutputs(outputs: Readonly<Record<string, Float32Array>>, count: number): Predicted {
  const predictions = Float64Array.from(outputs[predictionOutput] ?? []);
  const [changes, masses, down, up, either] = [changesOutput, massesOutput, downOutput, upOutput, changeOutput].map(
    (name) => outputs[name],
  );
  if (changes === undefined || masses === undefined || count === 0) return { predictions, changes: null };
  const none = new Float32Array(count);
  const width = changes.length / count;
  return {
    predictions,
    changes: { width, changes, masses, down: down ?? none, up: up ?? none, either: either ?? none },
  };
}

function joinChanges(pieces: readonly ChangeOutputs[]): ChangeOutputs {
  const join = (name: "down" | "up" | "either" | "changes" | "masses") =>
    joined(
      pieces.map((piece) => piece[name]),
      (length) => new Float32Array(length),
    );
  return {
    width: pieces[0]?.width ?? 0,
    down: join("down"),
    up: join("up"),
    either: join("either"),
    changes: join("changes"),
    masses: join("masses"),
  };
}

function joined<T extends Float32Array | Float64Array>(pieces: readonly T[], make: (length: number) => T): T {
  const whole = make(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
