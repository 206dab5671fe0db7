import { describe, expect, test } from "vitest";
import { stepRowsOf } from "../../shared/judging/step-rows.ts";
import { success } from "../../shared/lib/result.ts";
import type { Job, JobResult, Workbench } from "../../shared/training/job.ts";
import { runJob, workbenchOf } from "../../shared/training/job.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { createPool } from "../../trainer/training/pool.ts";
import { startThreads } from "../../trainer/training/threads.ts";
import { echoes, instantStepPool, steppedForecast } from "./step-worlds.ts";
import { randomWalk, simulatedPanel, smallDataset, smallForecast } from "./support.ts";

const data = smallDataset(simulatedPanel(1, randomWalk, { periods: 40, series: 3 }));
const job: Job = {
  learns: "value",
  recipe: { candidate: "ridge", parameters: { alpha: 1 } },
  train: { from: 0, to: 90 },
  rows: { from: 90, to: data.rows },
  seed: 1,
  wantsModel: false,
};
const bench = workbenchOf(smallForecast, data);

function run(on: Workbench, changes: Partial<Job> = {}) {
  return runJob(on, { ...job, ...changes }, () => 0);
}

describe("a job", () => {
  test("returns predictions for its rows, and the model only on request", () => {
    const plain = run(bench);
    expect(plain.ok && [plain.value.predictions.length, plain.value.value, plain.value.chance]).toEqual([
      data.rows - 90,
      null,
      null,
    ]);
    const whole = run(bench, { rows: null, wantsModel: true });
    expect(whole.ok && [whole.value.predictions.length, whole.value.value?.kind]).toEqual([0, "linear"]);
  });

  test("fails with the reason if its model overflows", () => {
    const columns = data.columns.map((column) =>
      column.dtype === "float"
        ? { ...column, values: column.values.map((value, row) => (row < 90 ? value : 1e30 * (row % 2 ? 1 : -1))) }
        : column,
    );
    const growth = { ...smallForecast, target: { transform: "log-difference", decimals: 2 } } as const;
    const result = run(workbenchOf(growth, { ...data, columns }));
    expect(result.ok ? null : result.error).toMatchObject({ found: "a prediction that is not a finite number" });
  });
});

describe("a recipe", () => {
  const { recipe } = job;
  const id = (forecast = smallForecast, choice: Job["recipe"] = recipe) => recipeOf(forecast, choice).id;

  test("has the same id for any order of parameters, and another id if any part differs", () => {
    const two = { candidate: "ridge", parameters: { alpha: 1, beta: 2 } };
    expect(id(smallForecast, { candidate: "ridge", parameters: { beta: 2, alpha: 1 } })).toBe(id(smallForecast, two));
    const target = { transform: "level", decimals: 2 } as const;
    const others = [
      id(),
      id(smallForecast, two),
      id(smallForecast, { ...recipe, candidate: "naive" }),
      id({ ...smallForecast, target }),
      id({ ...smallForecast, features: smallForecast.features.slice(1) }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});

/** Removes the measured time of a successful job. */
function untimed(result: JobResult): JobResult {
  return result.ok ? success({ ...result.value, seconds: 0 }) : result;
}

describe("a pool of threads", () => {
  test("gives the results of a single thread", async () => {
    const pool = createPool({ forecast: smallForecast, data }, 2);
    const seeds = [1, 2, 3, 4, 5];
    const results = await Promise.all(seeds.map((seed) => pool.run({ ...job, seed })));
    await pool.stop();
    results.forEach((result, index) => {
      const here = run(bench, { seed: seeds[index] ?? 0 });
      expect(untimed(result)).toEqual(untimed(here));
    });
  });

  test("fits learners of further steps on the same threads, with the results of a single thread", async () => {
    const panel = echoes(1, 0.5, { periods: 40, series: 2 });
    const rows = stepRowsOf(steppedForecast, panel);
    const stepJob = {
      recipe: job.recipe,
      step: null,
      known: 30,
      origins: { from: 30, to: 36 },
      seed: 1,
      wantsModel: false,
    };
    const pool = createPool({ forecast: steppedForecast, data }, 1);
    const early = pool.run(job);
    const [there, again] = [await pool.stepPool(rows).run(stepJob), await pool.run(job)];
    await pool.stop();
    const here = await instantStepPool(steppedForecast, rows).run(stepJob);
    expect([there.ok, again.ok]).toEqual([true, true]);
    expect(there.ok && { ...there.value, seconds: 0 }).toEqual(here.ok && { ...here.value, seconds: 0 });
    expect(untimed(again)).toEqual(untimed(await early));
  });

  test("runs the waiting jobs of a group one after the other on the thread that has their cache", async () => {
    const echo =
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", (m) => parentPort.postMessage(m));';
    const module = new URL(`data:text/javascript,${encodeURIComponent(echo)}`);
    const ended: string[] = [];
    const threads = startThreads<string, string>({
      module,
      workerData: null,
      count: 1,
      groupOf: ([group = ""]) => group,
    });
    await Promise.all(["a1", "b1", "a2", "b2"].map(async (one) => ended.push(await threads.run(one))));
    await threads.stop();
    expect(ended).toEqual(["a1", "a2", "b1", "b2"]);
  });

  test("rejects the job of a dead thread and all later jobs", async () => {
    const pool = createPool({ forecast: smallForecast, data }, 1);
    const fatal = { ...job, recipe: { candidate: "oracle", parameters: {} } };
    const [died, behind] = await Promise.allSettled([pool.run(fatal), pool.run(job)]);
    expect([died.status, behind.status]).toEqual(["rejected", "rejected"]);
    await expect(pool.run(job)).rejects.toThrow("unknown candidate oracle");
    await pool.stop();
  });

  test("rejects waiting jobs when it is stopped", async () => {
    const pool = createPool({ forecast: smallForecast, data }, 1);
    const waiting = Promise.allSettled([pool.run(job), pool.run(job)]);
    await pool.stop();
    expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(pool.run(job)).rejects.toThrow("the pool was stopped");
  });
});
