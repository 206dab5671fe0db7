/** Small simulated histories for replays, and effects without threads. */
import { emptySpace } from "../../../shared/candidates/spaces.ts";
import type { Panel } from "../../../shared/features/panel.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { evaluateOnnx } from "../../../shared/registry/onnx-engine.ts";
import type { RunModel } from "../../../shared/training/publish-task.ts";
import { FactHistory } from "../../../trainer/replay/fact-history.ts";
import { type ReplayEffects, type Replayed, type ReplayTask, replay } from "../../../trainer/replay/replay.ts";
import { instantStepPool } from "../../training/step-worlds.ts";
import { instantPool, smallForecast } from "../../training/support.ts";

const fixed = (value: number) => ({ kind: "integer", low: value, high: value }) as const;

/** Contenders that are fitted in milliseconds, two steps and a group. Judge, gate, publication and scores are the real ones. */
export const replayForecast: Forecast = {
  ...smallForecast,
  steps: [1, 2],
  headline: [1, 2],
  metric: "crps",
  groups: [{ name: "region", by: ["region"] }],
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 1, high: 10_000 } }, trials: 1 },
    {
      candidate: "gradient-boosting",
      space: { iterations: fixed(12), leavesMax: fixed(4), learningRate: { kind: "uniform", low: 0.1, high: 0.2 } },
      trials: 1,
    },
  ],
  averageOf: [],
  validation: { ...smallForecast.validation, folds: 2 },
};

/** Returns the facts of a panel. */
export function factsOfPanel({ periods, series }: Panel): Fact[] {
  return series.flatMap(({ is, values }) =>
    periods.map((period, at) => ({ period, series: JSON.stringify(is), variable: "price", value: values[at] ?? 0 })),
  );
}

function historyOf(facts: readonly Fact[]): FactHistory {
  return new FactHistory(new Map([["simulated", [{ publishedOn: null, facts }]]]));
}

export interface Story extends Partial<Omit<ReplayTask, "history">> {
  readonly from: string;
}

/** Runs files in the built-in engine, which starts faster than the reference runtime. */
export const runHere: RunModel = async (model, inputs) => {
  const evaluated = evaluateOnnx(model, inputs);
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  return Object.fromEntries(Object.entries(evaluated.value).map(([name, values]) => [name, Float32Array.from(values)]));
};

/** Replays facts in the calling thread. Its clock stands still, so that results are compared as a whole. */
export function replayFacts(
  facts: readonly Fact[],
  story: Story,
  effects: Partial<ReplayEffects> = {},
): Promise<Replayed> {
  const task = { forecast: replayForecast, to: null, retrainEvery: null, seed: 1, trialsMax: 1, ...story };
  return replay(
    { ...task, history: historyOf(facts) },
    {
      withPool: ({ forecast, data }, work) =>
        work({ ...instantPool(forecast, data), stepPool: (rows) => instantStepPool(forecast, rows) }),
      run: runHere,
      nowMs: () => 0,
      onProgress: () => {},
      ...effects,
    },
  );
}
