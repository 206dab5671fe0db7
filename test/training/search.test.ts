import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Predicted } from "../../shared/judging/predicted.ts";
import { failure, success } from "../../shared/lib/result.ts";
import type { Space } from "../../shared/search/space.ts";
import type { Job, Pool } from "../../shared/training/job.ts";
import { type SearchTask, searchCandidate, type TrialRecord } from "../../shared/training/search.ts";

const space: Space = {
  x: { kind: "uniform", low: 0, high: 1 },
  kind: { kind: "categorical", choices: ["good", "bad", "broken"] },
};
const folds = [0, 1, 2, 3].map((fold) => ({
  train: { from: 0, to: 10 * fold + 10 },
  rows: { from: 10 * fold + 10, to: 10 * fold + 20 },
}));

/** Returns a pool whose predictions are the distance of x from 0.3. `broken` fails after the first fold. */
function fakePool(): Pool & { readonly jobs: Job[] } {
  const jobs: Job[] = [];
  return {
    jobs,
    run: async (job) => {
      jobs.push(job);
      const { x, kind } = job.recipe.parameters;
      if (kind === "broken" && job.train.to > 10) return failure({ kind: "singular", alphaMax: 1 });
      const miss = Math.abs(Number(x) - 0.3) + (kind === "bad" ? 1 : 0) + job.train.to / 1000;
      const predictions = Float64Array.from({ length: 10 }, () => miss);
      return success({ predictions, changes: null, value: null, chance: null, seconds: 0.5 });
    },
  };
}

function taskOf(seed: number, trials = 24): SearchTask {
  const loss = ({ predictions }: Predicted) => predictions[0] ?? Number.NaN;
  return { candidate: "fake", learns: "value", space, trials, folds, seed, loss };
}

async function search(task: SearchTask, options: { earlier?: readonly TrialRecord[]; isOver?: () => boolean } = {}) {
  const pool = fakePool();
  const trials: TrialRecord[] = [];
  const { earlier = [], isOver = () => false } = options;
  const found = await searchCandidate(task, { pool, isOver, onTrial: (trial) => trials.push(trial), earlier });
  return { found, trials, jobs: pool.jobs };
}

describe("a search", () => {
  test("records every trial with parameters, fold losses, seconds and state, and finds the best", async () => {
    const { found, trials } = await search(taskOf(1));
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 24 }, (_, number) => number));
    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(["complete", "pruned", "failed"]));
    for (const { state, folds: losses, seconds, problem } of trials) {
      expect(seconds).toBe(losses.length / 2);
      expect(problem === null).toBe(state !== "failed");
      if (state === "complete") expect(losses.length).toBe(4);
      if (state === "failed") expect(JSON.parse(problem ?? "")).toEqual({ kind: "singular", alphaMax: 1 });
    }
    const complete = trials.filter(({ state }) => state === "complete");
    const means = complete.map((trial) => trial.folds.reduce((sum, loss) => sum + loss, 0) / 4);
    expect(found?.loss).toBe(Math.min(...means));
    expect(found?.parameters).toEqual(complete[means.indexOf(Math.min(...means))]?.parameters);
    expect(found?.predictions.length).toBe(40);
    expect(Math.abs(Number(found?.parameters.x) - 0.3)).toBeLessThan(0.1);
  });

  test("depends only on its seed", async () => {
    const [first, same, other] = [await search(taskOf(1)), await search(taskOf(1)), await search(taskOf(2))];
    expect(same.trials).toEqual(first.trials);
    expect(other.trials).not.toEqual(first.trials);
  });

  test("resumed from any of its prefixes, in any order, gives the same trials and the same best", async () => {
    const whole = await search(taskOf(7));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 24 }), fc.infiniteStream(fc.nat()), async (length, order) => {
        const known = whole.trials.slice(0, length).map((trial) => ({ trial, key: order.next().value }));
        const earlier = known.sort((a, b) => a.key - b.key).map(({ trial }) => trial);
        const resumed = await search(taskOf(7), { earlier });
        expect([...whole.trials.slice(0, length), ...resumed.trials]).toEqual(whole.trials);
        expect(resumed.found).toEqual(whole.found);
      }),
      { numRuns: 40 },
    );
  });

  test("runs trials after a gap again", async () => {
    const whole = await search(taskOf(7));
    const resumed = await search(taskOf(7), { earlier: whole.trials.filter(({ number }) => number !== 5) });
    expect(resumed.trials).toEqual(whole.trials.slice(5));
  });

  test("starts no further trial once time is over, but always runs one", async () => {
    expect((await search(taskOf(1), { isOver: () => true })).trials.length).toBe(1);
    let calls = 0;
    expect((await search(taskOf(1), { isOver: () => ++calls > 3 })).trials.length).toBe(4);
  });

  test("with an empty space runs one trial", async () => {
    const { trials, jobs } = await search({ ...taskOf(1), space: {} });
    expect([trials.length, jobs.length]).toEqual([1, 4]);
  });

  test("without a completed trial returns null, and its trials have the reasons", async () => {
    const broken: Space = { ...space, kind: { kind: "categorical", choices: ["broken"] } };
    const { found, trials } = await search({ ...taskOf(1, 3), space: broken });
    expect(found).toBeNull();
    expect(trials.map(({ state }) => state)).toEqual(["failed", "failed", "failed"]);
  });

  test("fits the folds of a trial at the same time if it cannot be pruned, and else the first two", async () => {
    const together: number[] = [];
    let running = 0;
    const { run } = fakePool();
    const pool: Pool = {
      run: async (job) => {
        running++;
        const result = await run(job);
        await new Promise(setImmediate);
        together.push(running);
        running--;
        return result;
      },
    };
    const good: Space = { ...space, kind: { kind: "categorical", choices: ["good"] } };
    const task = { ...taskOf(1, 6), space: good };
    await searchCandidate(task, { pool, isOver: () => false, onTrial: () => undefined });
    expect(together.slice(0, 20)).toEqual(Array.from({ length: 5 }, () => [4, 3, 2, 1]).flat());
    expect(together.slice(20, 22)).toEqual([2, 1]);
    expect(Math.max(...together.slice(22))).toBe(1);
  });

  test("does not fit the remaining folds of a pruned trial", async () => {
    const { trials, jobs } = await search(taskOf(1));
    const jobsOf = ({ parameters }: TrialRecord) =>
      jobs.filter(({ recipe }) => recipe.parameters.x === parameters.x).length;
    for (const trial of trials) {
      if (trial.state !== "failed") expect(jobsOf(trial)).toBe(trial.folds.length);
    }
    expect(trials.some(({ state, folds: losses }) => state === "pruned" && losses.length < 4)).toBe(true);
  });
});
