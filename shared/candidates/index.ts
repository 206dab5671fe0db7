import { baseRate, stateFrequency } from "./base-rates.ts";
import { gradientBoosting } from "./boosting.ts";
import type { Candidate } from "./candidate.ts";
import { hurdle } from "./hurdle.ts";
import { logistic } from "./logistic.ts";
import { mlRandomForest } from "./ml-random-forest.ts";
import { naive, seasonalNaive } from "./naive.ts";
import { randomForest } from "./random-forest.ts";
import { ridge } from "./ridge.ts";

/** The catalogue: a new candidate is one file in this folder and one name here. */
export const candidates: readonly Candidate[] = [
  naive,
  seasonalNaive,
  ridge,
  gradientBoosting,
  randomForest,
  mlRandomForest,
  hurdle,
  baseRate,
  stateFrequency,
  logistic,
];

/** Throws on an unknown name, which only a forecast's declaration can bring. */
export function candidateNamed(id: string): Candidate {
  const candidate = candidates.find((one) => one.id === id);
  if (candidate) return candidate;
  throw new RangeError(`there is no candidate ${id}; there are ${candidates.map((one) => one.id).join(", ")}`);
}
