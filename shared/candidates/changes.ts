/**
 * For a target that mostly does not change: the distribution of the next change. Two boosted models predict whether the value
 * changes, and whether a change is a rise. Sizes are past sizes of the series and of its group. Predicts the mean.
 */
import type { RowRange } from "../features/dataset.ts";
import { failure, success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { type Candidate, type FitTask, holdOut } from "./candidate.ts";
import { constantChance, fitChance } from "./chance.ts";
import { fitChangeGroups } from "./change-groups.ts";
import { fitBorrowedSteps, fitSizes } from "./change-weights.ts";
import { eventsOf } from "./hurdle.ts";
import type { ChancesModel, Directions, NextChangeModel } from "./next-change.ts";
import type { Chance } from "./odds.ts";
import { subset } from "./subset.ts";

/** Share of the training periods, at their end, that decides how much a series borrows from its group. */
const HELD_OUT = 0.2;
/** Fixed: a change in one direction is rare, and the search of the model of changes matters more. */
const riseParameters = { learningRate: 0.06, leavesMax: 8, leafRowsMin: 40, l2: 5, columnShare: 0.5 };

export const changes: Candidate = {
  id: "changes",
  tasks: ["regression"],
  fit(task) {
    if (task.transform !== "difference" || task.changes === null) {
      const found = task.changes === null ? "no features of past changes" : `a target fitted as ${task.transform}`;
      const expected = "a target fitted as a difference, and a declared distribution of changes with its features";
      return failure({ kind: "invalid-data", found, expected });
    }
    const directions = fitDirections(task);
    if (!directions.ok) return directions;
    return success({ kind: "changes", next: nextChangeOf(task, { kind: "models", ...directions.value }) });
  },
};

/** Fits whether the value changes, and whether a change is a rise. */
export function fitDirections(task: FitTask): Fit<Directions> {
  const change = fitChance(task, eventsOf(task));
  return change.ok ? success({ change: change.value, rise: riseOf(task) }) : change;
}

/** Returns the baseline's distribution: the series' own shares and sizes, shrunk to its group. Null if none is declared. */
export function ownNextChange(task: FitTask): NextChangeModel | null {
  return task.changes === null || task.rows.to === task.rows.from
    ? null
    : nextChangeOf(task, { kind: "frequencies", borrowed: 0 });
}

/** Fits groups and weights. The number of borrowed steps of `frequencies` is found here. */
function nextChangeOf(task: FitTask, chances: ChancesModel): NextChangeModel {
  const { data, rows, tolerance } = task;
  const { inputs, window } = declared(task);
  const options = { names: inputs.group, window, tolerance };
  const { early, late } = holdOut(task, HELD_OUT);
  const part = early.to > early.from ? early : rows;
  const earlier = { data, rows: late, inputs, groups: fitChangeGroups(data, part, options), tolerance };
  return {
    inputs,
    groups: fitChangeGroups(data, rows, options),
    chances: chances.kind === "models" ? chances : { kind: "frequencies", borrowed: fitBorrowedSteps(earlier) },
    sizes: fitSizes(earlier),
  };
}

function declared({ changes }: FitTask) {
  if (changes === null) throw new RangeError("the forecast declares no features of past changes");
  return changes;
}

/** A cache per dataset. The model does not depend on the searched parameters, so trials on the same rows share it. */
const fits = new WeakMap<object, Map<string, Chance>>();

function riseOf(task: FitTask): Chance {
  const cache = fits.get(task.data) ?? new Map<string, Chance>();
  fits.set(task.data, cache);
  const key = `${task.rows.from} ${task.rows.to} ${task.seed} ${task.tolerance}`;
  const fit = cache.get(key) ?? fitRise(task);
  cache.set(key, fit);
  return fit;
}

/** Fits P(rise) to the rows that changed: their share of rises, if they are too few for a model or all in one direction. */
function fitRise(task: FitTask): Chance {
  const { data, rows } = task;
  const events = eventsOf(task);
  const moved: number[] = [];
  for (let row = rows.from; row < rows.to; row++) if (events[row] === 1) moved.push(row);
  const part = subset(data, moved);
  const rises = part.target.map((value, row) => Number(value > (part.last[row] ?? Number.NaN)));
  const of: RowRange = { from: 0, to: moved.length };
  const fit = fitChance({ ...task, data: part, move: rises, rows: of, parameters: riseParameters }, rises);
  if (fit.ok) return fit.value;
  const share = (rises.reduce((sum, rise) => sum + rise, 0) + 1) / (moved.length + 2);
  return constantChance(share, task.last);
}
