import { baseRate, stateFrequency } from "./base-rates.ts";
import { gradientBoosting } from "./boosting.ts";
import type { Candidate } from "./candidate.ts";
import { changes } from "./changes.ts";
import { drift, seasonalGrowthMove } from "./declared-move.ts";
import { eventNumber } from "./event-number.ts";
import { hurdle } from "./hurdle.ts";
import { withChosenInputs } from "./inputs.ts";
import { logistic } from "./logistic.ts";
import { mlRandomForest } from "./ml-random-forest.ts";
import { naive, seasonalNaive } from "./naive.ts";
import { randomForest } from "./random-forest.ts";
import { ridge } from "./ridge.ts";

/** The catalogue of candidates. To add one, add a file to this folder and a name here. */
export const candidates: readonly Candidate[] = [
  naive,
  seasonalNaive,
  seasonalGrowthMove,
  drift,
  ridge,
  gradientBoosting,
  randomForest,
  mlRandomForest,
  hurdle,
  changes,
  baseRate,
  stateFrequency,
  logistic,
  eventNumber,
];

/** Returns a candidate by its id, with its choice of inputs. Throws for an unknown id, which only a wrong declaration of a forecast can contain. */
export function candidateNamed(id: string): Candidate {
  const candidate = candidates.find((candidate) => candidate.id === id);
  if (candidate) return { id, fit: (task) => candidate.fit(withChosenInputs(task)) };
  throw new RangeError(`unknown candidate ${id}: expected one of ${candidates.map(({ id }) => id).join(", ")}`);
}
