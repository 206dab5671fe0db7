/** Fits the published model, and the source of its change probability, to all data. */
import { type Fitted, nextChangeOf } from "../candidates/fitted.ts";
import type { ChangeSource } from "../candidates/graph.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { changeCandidate, shareOf } from "./change.ts";
import type { Job, Pool } from "./job.ts";
import type { PublishTask } from "./publish-task.ts";

export interface FittedToAll {
  readonly value: Fitted;
  /** Null for a forecast without a change probability, and for a distribution of changes, which contains one. */
  readonly change: ChangeSource | null;
}

/** Returns the job that fits a recipe to all data. */
export function fitAllJob({ bench, recipe, seed }: Pick<PublishTask, "bench" | "recipe" | "seed">): Job {
  return { learns: "value", recipe, train: { from: 0, to: bench.data.rows }, rows: null, seed, wantsModel: true };
}

/** Returns the fits, or the reason why the recipe cannot be fitted. */
export async function fitAll(task: PublishTask, pool: Pool): Promise<Result<FittedToAll>> {
  const { forecast, bench, judgement, seed, isFallback = false } = task;
  const train = { from: 0, to: bench.data.rows };
  const fit = await pool.run(fitAllJob(task));
  if (!fit.ok) return failure(JSON.stringify(fit.error));
  const { value } = fit.value;
  if (value === null) return failure("the pool returned no model");
  // A distribution of changes contains the probability of a change.
  if (forecast.change === null || nextChangeOf(value) !== null) return success({ value, change: null });
  const frequency: ChangeSource = {
    kind: "frequency",
    feature: forecast.change.frequency,
    baseRate: shareOf(bench.events, train),
  };
  if (judgement.change === null || changeSourceOf({ judgement, isFallback }) !== "model")
    return success({ value, change: frequency });
  const changeRecipe = { candidate: changeCandidate, parameters: judgement.change.parameters };
  const change = await pool.run({ learns: "change", recipe: changeRecipe, train, rows: null, seed, wantsModel: true });
  const source: ChangeSource =
    change.ok && change.value.chance !== null ? { kind: "model", chance: change.value.chance } : frequency;
  return success({ value, change: source });
}

/** Returns the source of the change probability. A fallback uses the frequencies, which need one feature. */
export function changeSourceOf({ judgement, isFallback }: Pick<PublishTask, "judgement" | "isFallback">) {
  return isFallback && judgement.change ? "frequency" : (judgement.change?.source ?? null);
}
