import { success } from "../lib/result.ts";
import { fitLogistic } from "../models/logistic.ts";
import { calibrated } from "./calibrated.ts";
import { type Candidate, numberOf } from "./candidate.ts";
import { encode, oneHotEncoding } from "./encoding.ts";

/** Logistic regression with a penalty on standardised columns; one 0/1 column per category. Classification only. */
export const logistic: Candidate = {
  id: "logistic",
  tasks: ["classification"],
  fit: calibrated(({ data, move, rows, parameters }) => {
    const encoding = oneHotEncoding(data, rows);
    const training = { features: encode(encoding, data, rows), target: move.slice(rows.from, rows.to) };
    const fit = fitLogistic({ alpha: numberOf(parameters, "alpha", 100) }, training);
    return fit.ok ? success({ kind: "linear", encoding, model: fit.value }) : fit;
  }),
};
