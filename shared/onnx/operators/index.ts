/** The catalogue of the operators that `compile` accepts, one line each. */
import { add, div, exp, log, mul, relu, sigmoid, sub, tanh } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { categoryMapper, labelEncoder, oneHotEncoder } from "./encoding.ts";
import { gemm, linearClassifier, linearRegressor, matMul } from "./linear.ts";
import type { Operator } from "./operator.ts";
import { argMax, imputer, normalizer, scaler, softmax } from "./scaling.ts";
import { arrayFeatureExtractor, concat, featureVectorizer, gather, identity, reshape, zipMap } from "./shaping.ts";
import { treeEnsemble } from "./tree-ensemble.ts";
import { treeEnsembleClassifier } from "./tree-ensemble-classifier.ts";
import { treeEnsembleRegressor } from "./tree-ensemble-regressor.ts";

export const operators: readonly Operator[] = [
  add,
  argMax,
  cast,
  concat,
  div,
  exp,
  gather,
  gemm,
  identity,
  log,
  matMul,
  mul,
  relu,
  reshape,
  sigmoid,
  softmax,
  sub,
  tanh,
  arrayFeatureExtractor,
  categoryMapper,
  featureVectorizer,
  imputer,
  labelEncoder,
  linearClassifier,
  linearRegressor,
  normalizer,
  oneHotEncoder,
  scaler,
  treeEnsemble,
  treeEnsembleClassifier,
  treeEnsembleRegressor,
  zipMap,
];

/** Versions of the domains that the implementations support. */
export const OPSETS: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  "": { min: 7, max: 25 },
  "ai.onnx.ml": { min: 1, max: 5 },
};

const byName = new Map(operators.map((operator) => [`${operator.domain}:${operator.name}`, operator]));

export function operatorNamed(domain: string, name: string): Operator | null {
  return byName.get(`${domain}:${name}`) ?? null;
}
