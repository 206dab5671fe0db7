/**
 * The baselines of a classification: the share of events, and the share of events after the same last state. Both are one
 * small tree on the last state, so that they can be exported like any other model.
 */
import { failure, success } from "../lib/result.ts";
import { LEAF, THRESHOLD_MAX, type Tree } from "../models/tree.ts";
import type { Candidate, FitTask } from "./candidate.ts";
import type { Fitted } from "./fitted.ts";

/** Smoothing: adds this many rows with the base rate of events to the rows of each state. */
const SMOOTHING_ROWS = 4;

/** Predicts the share of events among the training rows. */
export const baseRate: Candidate = {
  id: "base-rate",
  tasks: ["classification"],
  fit: (task) => refusalOf(task) ?? success(baseRateOf(task)),
};

/** Predicts the share of events among the training rows with the same last state, smoothed towards the base rate. */
export const stateFrequency: Candidate = {
  id: "state-frequency",
  tasks: ["classification"],
  fit: (task) => refusalOf(task) ?? success(frequencyAfter(task)),
};

/** Returns the base rate as a model, also as the fallback of other candidates. Needs at least one row. O(rows). */
export function baseRateOf(task: FitTask): Fitted {
  const { rows, events } = tally(task);
  return onLast(task, {
    feature: Int32Array.of(LEAF),
    threshold: new Float32Array(1),
    missingLeft: new Uint8Array(1),
    left: new Int32Array(1),
    right: new Int32Array(1),
    value: Float32Array.of((events[0] + events[1]) / (rows[0] + rows[1])),
    weight: Float64Array.of(rows[0] + rows[1]),
  });
}

function frequencyAfter(task: FitTask): Fitted {
  const { rows, events } = tally(task);
  const all = rows[0] + rows[1];
  const rate = (events[0] + events[1]) / all;
  const after = (state: 0 | 1) => (events[state] + SMOOTHING_ROWS * rate) / (rows[state] + SMOOTHING_ROWS);
  // At the root a missing state goes right, to the base rate. The second split separates states 0 and 1.
  return onLast(task, {
    feature: Int32Array.of(0, 0, LEAF, LEAF, LEAF),
    threshold: Float32Array.of(THRESHOLD_MAX, 0.5, 0, 0, 0),
    missingLeft: new Uint8Array(5),
    left: Int32Array.of(1, 3, 0, 0, 0),
    right: Int32Array.of(2, 4, 0, 0, 0),
    value: Float32Array.of(0, 0, rate, after(0), after(1)),
    weight: Float64Array.of(all, all, 0, rows[0], rows[1]),
  });
}

function onLast({ last }: FitTask, tree: Tree): Fitted {
  return {
    kind: "trees",
    encoding: { columns: [{ name: last, how: "number" }], imputed: null },
    ensemble: { trees: [tree], base: 0, aggregate: "sum", columns: 1 },
  };
}

/** Counts the rows and events after state 0 and after state 1. */
function tally({ data, move, rows: { from, to } }: FitTask) {
  const [rows, events]: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ];
  for (let row = from; row < to; row++) {
    const state = (data.last[row] ?? 0) > 0.5 ? 1 : 0;
    rows[state]++;
    events[state] += move[row] ?? 0;
  }
  return { rows, events };
}

function refusalOf({ task, rows }: FitTask) {
  if (task !== "classification") {
    return failure({ kind: "invalid-data", found: `a ${task}`, expected: "a classification, with targets 0 and 1" });
  }
  return rows.to > rows.from ? null : failure({ kind: "too-few-rows", found: 0, required: 1 });
}
