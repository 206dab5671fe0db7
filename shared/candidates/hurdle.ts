import type { RowRange } from "../features/dataset.ts";
import { hasMoved } from "../features/panel.ts";
import { failure, success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { fitGradientBoosting } from "../models/gradient-boosting.ts";
import { boostingOptions } from "./boosting.ts";
import { type Candidate, type FitTask, numberOf } from "./candidate.ts";
import { fitChance } from "./chance.ts";
import { encode, rankEncoding } from "./encoding.ts";
import type { Fitted } from "./fitted.ts";
import type { Chance } from "./odds.ts";

const TREES = 60;
/** Fixed parameters: only the parameters of the size model are searched. */
const chanceParameters = { learningRate: 0.1 };

/** For a target that mostly does not change: the probability of a change times the expected move. */
export const hurdle: Candidate = {
  id: "hurdle",
  tasks: ["regression"],
  fit(task) {
    if (task.transform === "level") {
      return failure({
        kind: "invalid-data",
        found: "a target fitted as level",
        expected: "a difference, which can be 0",
      });
    }
    const chance = chanceOf(task);
    if (!chance.ok) return chance;
    const size = fitSize(task);
    if (!size.ok) return size;
    return success({ kind: "hurdle", chance: chance.value, size: size.value });
  },
};

/** A cache per dataset. The chance does not depend on the searched parameters, so trials on the same rows share it. */
const chances = new WeakMap<object, Map<string, Fit<Chance>>>();

function chanceOf(task: FitTask): Fit<Chance> {
  const cache = chances.get(task.data) ?? new Map<string, Fit<Chance>>();
  chances.set(task.data, cache);
  const key = `${task.rows.from} ${task.rows.to} ${task.seed} ${task.tolerance}`;
  const chance = cache.get(key) ?? fitChance({ ...task, parameters: chanceParameters }, eventsOf(task));
  cache.set(key, chance);
  return chance;
}

/** Returns one number per row of the dataset: 1 if the value changed by more than the tolerance, otherwise 0. */
export function eventsOf({ data, tolerance }: Pick<FitTask, "data" | "tolerance">): Float64Array {
  return data.target.map((value, row) => Number(hasMoved(value - (data.last[row] ?? 0), tolerance)));
}

/** Fits the expected move to the rows that moved. */
function fitSize(task: FitTask): Fit<Fitted> {
  const { data, move, rows, parameters } = task;
  const events = eventsOf(task);
  const moved = rowsWhere(rows, (row) => events[row] === 1);
  const encoding = rankEncoding(data, rows, move);
  const all = encode(encoding, data, rows);
  const count = rows.to - rows.from;
  const values = new Float32Array(moved.length * all.columns);
  for (let column = 0; column < all.columns; column++) {
    moved.forEach((row, i) => {
      values[column * moved.length + i] = all.values[column * count + row - rows.from] ?? Number.NaN;
    });
  }
  const target = Float64Array.from(moved, (row) => move[row] ?? 0);
  const features = { rows: moved.length, columns: all.columns, layout: "column-major" as const, values };
  const options = { ...boostingOptions(task), iterations: numberOf(parameters, "iterations", TREES) };
  if (moved.length === 0) return failure({ kind: "constant-target", value: 0 });
  const fit = fitGradientBoosting({ ...options, loss: "squared" }, { features, target });
  return fit.ok ? success({ kind: "trees", encoding, ensemble: fit.value.ensemble }) : fit;
}

function rowsWhere(rows: RowRange, isIncluded: (row: number) => boolean): Int32Array {
  const found: number[] = [];
  for (let row = rows.from; row < rows.to; row++) if (isIncluded(row)) found.push(row);
  return Int32Array.from(found);
}
