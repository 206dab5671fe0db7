import { success } from "../lib/result.ts";
import { fitRandomForest } from "../models/random-forest.ts";
import { rowsPerTreeMax } from "./boosting.ts";
import { calibrated } from "./calibrated.ts";
import { type Candidate, numberOf } from "./candidate.ts";
import { encode, rankEncoding } from "./encoding.ts";

/** A random forest on histograms, with columns drawn for every split. */
export const randomForest: Candidate = {
  id: "random-forest",
  fit: calibrated(({ data, move, rows, parameters, seed }) => {
    const encoding = rankEncoding(data, rows, move);
    const options = {
      trees: numberOf(parameters, "trees", 60),
      depthMax: numberOf(parameters, "depthMax", 10),
      leavesMax: numberOf(parameters, "leavesMax", 128),
      leafRowsMin: numberOf(parameters, "leafRowsMin", 20),
      splitColumnShare: numberOf(parameters, "splitColumnShare", 1 / 3),
      rowsPerTreeMax,
      seed,
    };
    const training = { features: encode(encoding, data, rows), target: move.slice(rows.from, rows.to) };
    const fit = fitRandomForest(options, training);
    return fit.ok ? success({ kind: "trees", encoding, ensemble: fit.value.ensemble }) : fit;
  }),
};
