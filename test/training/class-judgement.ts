/** Judges the small classification of simulated days. */
import type { Dataset } from "../../shared/features/dataset.ts";
import { memoizeByObject } from "../../shared/lib/memoize-by-object.ts";
import type { Pool } from "../../shared/training/job.ts";
import { judge } from "../../shared/training/judge.ts";
import { classForecast, type World } from "./classes.ts";
import { instantPool, keepingEffects } from "./support.ts";

/** A world with an informative signal. */
export const planted: World = { strength: 2 };

/** Returns the judgement with its workbench. @throws if the data cannot be judged. */
export async function judgeClasses(data: Dataset, pool: Pool = instantPool(classForecast, data)) {
  const task = { forecast: classForecast, data, seed: 1, trialsMax: null, incumbent: null };
  const result = await judge(task, keepingEffects(pool).effects);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
}

/** Returns the judgement of a dataset, which is computed once, for tests that only read it. */
export const judgementOfClasses = memoizeByObject((data: Dataset) => judgeClasses(data));
