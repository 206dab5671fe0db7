import { success } from "../lib/result.ts";
import { fitRidge } from "../models/ridge.ts";
import { type Candidate, numberOf } from "./candidate.ts";
import { designOf, oneHotEncoding } from "./encoding.ts";

/** Ridge regression on standardised columns; one 0/1 column per category. */
export const ridge: Candidate = {
  id: "ridge",
  tasks: ["regression"],
  fit({ data, move, rows, parameters }) {
    const encoding = oneHotEncoding(data, rows);
    const training = { features: designOf(encoding, data, rows), target: move.slice(rows.from, rows.to) };
    const fit = fitRidge({ alpha: numberOf(parameters, "alpha", 1000) }, training);
    return fit.ok ? success({ kind: "linear", encoding, model: fit.value }) : fit;
  },
};
