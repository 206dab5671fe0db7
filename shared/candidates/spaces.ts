/** The usual search space of each candidate. A forecast may declare a narrower or wider space. Plain data. */
import type { Space } from "../search/space.ts";

/** For candidates without parameters. */
export const emptySpace: Space = {};

export const ridgeSpace: Space = {
  alpha: { kind: "log-uniform", low: 10, high: 1e6 },
};

/** For a few hundred rows, where weak penalties can be best. */
export const wideRidgeSpace: Space = {
  alpha: { kind: "log-uniform", low: 0.1, high: 1e4 },
};

/** The features among which seasonal growth chooses. */
export const growthSpace = (features: readonly string[]): Space => ({
  growth: { kind: "categorical", choices: features },
});

/** The features among which drift chooses. */
export const driftSpace = (features: readonly string[]): Space => ({
  change: { kind: "categorical", choices: features },
});

export const boostingSpace: Space = {
  learningRate: { kind: "log-uniform", low: 0.02, high: 0.2 },
  leavesMax: { kind: "log-integer", low: 4, high: 31 },
  leafRowsMin: { kind: "log-integer", low: 20, high: 300 },
  l2: { kind: "log-uniform", low: 0.1, high: 100 },
  rowShare: { kind: "uniform", low: 0.5, high: 1 },
  columnShare: { kind: "uniform", low: 0.4, high: 1 },
};

export const forestSpace: Space = {
  leafRowsMin: { kind: "log-integer", low: 10, high: 200 },
  splitColumnShare: { kind: "uniform", low: 0.15, high: 0.8 },
  depthMax: { kind: "integer", low: 4, high: 12 },
};

export const hurdleSpace: Space = {
  learningRate: { kind: "log-uniform", low: 0.02, high: 0.2 },
  leavesMax: { kind: "log-integer", low: 3, high: 15 },
  leafRowsMin: { kind: "log-integer", low: 20, high: 200 },
  l2: { kind: "log-uniform", low: 1, high: 100 },
  iterations: { kind: "log-integer", low: 10, high: 120 },
};

/** For the model of changes. Its first trials decide, because each takes as long as several of other candidates. */
export const changesSpace: Space = {
  learningRate: { kind: "log-uniform", low: 0.04, high: 0.12 },
  leavesMax: { kind: "log-integer", low: 8, high: 24 },
  leafRowsMin: { kind: "log-integer", low: 30, high: 200 },
  l2: { kind: "log-uniform", low: 1, high: 30 },
  columnShare: { kind: "uniform", low: 0.3, high: 0.7 },
};

export const logisticSpace: Space = {
  alpha: { kind: "log-uniform", low: 1, high: 3000 },
};

/** For a few hundred rows: small trees and strong penalties. */
export const smallBoostingSpace: Space = {
  learningRate: { kind: "log-uniform", low: 0.02, high: 0.2 },
  leavesMax: { kind: "integer", low: 2, high: 6 },
  leafRowsMin: { kind: "log-integer", low: 5, high: 40 },
  l2: { kind: "log-uniform", low: 1, high: 100 },
  rowShare: { kind: "uniform", low: 0.5, high: 1 },
  columnShare: { kind: "uniform", low: 0.2, high: 1 },
};

export const smallForestSpace: Space = {
  leafRowsMin: { kind: "log-integer", low: 3, high: 40 },
  splitColumnShare: { kind: "uniform", low: 0.1, high: 0.6 },
  depthMax: { kind: "integer", low: 2, high: 6 },
};
