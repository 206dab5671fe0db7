/**
 * The parameter `inputs`: `all`, or `target` to learn only from features of the target variable. With it in the search space,
 * validation decides whether the other variables of a forecast help.
 */
import type { Dataset } from "../features/dataset.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import type { SearchPoint, Space } from "../search/space.ts";
import type { FitTask } from "./candidate.ts";

/** Adds the parameter `inputs` to a space. */
export function choosingInputs(space: Space): Space {
  return { ...space, inputs: { kind: "categorical", choices: ["all", "target"] } };
}

/** Returns the task with the columns that its parameter `inputs` allows. Without the parameter the task does not change. */
export function withChosenInputs(task: FitTask): FitTask {
  return task.parameters.inputs === "target" ? { ...task, data: ofTarget(task.data) } : task;
}

/** Memoized, because candidates cache what they compute per dataset. */
const ofTarget = memoizeByObject(
  (data: Dataset): Dataset => ({
    ...data,
    columns: data.columns.map((column) => (column.isOther ? { ...column, learned: false } : column)),
  }),
);

/** Describes the inputs of a recipe for the leaderboard; null if it did not choose. */
export function inputsNote({ inputs }: SearchPoint): string | null {
  if (inputs === "target") return "learns only from the target's own past, not from the other variables";
  return inputs === "all" ? "learns from the other variables too" : null;
}
