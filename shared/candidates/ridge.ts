import { fitRidge } from "../models/ridge.ts";
import { type Candidate, numberOf } from "./candidate.ts";
import { encode, oneHotEncoding } from "./encoding.ts";

/** Least squares with a penalty, in closed form, on standardised columns; categories as columns of 0 and 1. */
export const ridge: Candidate = {
  id: "ridge",
  fit({ data, move, rows, parameters }) {
    const encoding = oneHotEncoding(data, rows);
    const training = { features: encode(encoding, data, rows), target: move.slice(rows.from, rows.to) };
    const alphas = [numberOf(parameters, "alpha", 1000)];
    const fit = fitRidge({ alphas, criterion: "generalised" }, training);
    return fit.ok ? { ok: true, model: { kind: "linear", encoding, model: fit.model } } : fit;
  },
};
