/** Which version serves while the declaration, the code and the data of a forecast change. */
import { beforeEach, expect, test, vi } from "vitest";
import { seededRandom } from "../support/chance.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { migrate } from "../support/hub.ts";
import { isMatrix } from "../support/is-matrix.ts";
import { LivingDecisions } from "../support/living-decisions.ts";
import { LivingForecast, type Step, steps } from "../support/living-forecast.ts";

// Mocks need a method of AsyncLocalStorage that workerd does not have. It only frees memory.
await vi.hoisted(async () => {
  const hooks: string = "node:async_hooks";
  const { AsyncLocalStorage } = await import(hooks);
  AsyncLocalStorage.prototype.disable = () => {};
});
// The old code lacks a kind of features.
vi.mock("../../shared/features/kinds/index.ts", async (original) => {
  const { hiddenKinds } = await import("../support/hidden-kinds.ts");
  const real = await original<typeof import("../../shared/features/kinds/index.ts")>();
  return {
    ...real,
    findKind: (text: string) => (hiddenKinds.has(text.split("@")[0] ?? "") ? undefined : real.findKind(text)),
  };
});
// What needs Node: threads, the reference runtime and the version of the code.
vi.mock("../../trainer/training/pool.ts", async () => {
  const { runJob, workbenchOf } = await import("../../shared/training/job.ts");
  type Data = Parameters<typeof workbenchOf>;
  return {
    createPool: ({ forecast, data }: { readonly forecast: Data[0]; readonly data: Data[1] }) => {
      const bench = workbenchOf(forecast, data);
      return { run: async (job: Parameters<typeof runJob>[1]) => runJob(bench, job, () => 0), stop: async () => {} };
    },
  };
});
vi.mock("../../trainer/training/reference-runtime.ts", async () => {
  const { evaluateOnnx } = await import("../../shared/registry/onnx-engine.ts");
  return {
    runReference: async (model: Uint8Array, inputs: Parameters<typeof evaluateOnnx>[1]) => {
      const run = evaluateOnnx(model, inputs);
      if (!run.ok) throw new Error(run.error.reason);
      return run.value;
    },
  };
});
vi.mock("../../trainer/training/code-version.ts", () => ({ codeVersion: () => "almanac test" }));

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

async function expectServed(living: LivingForecast): Promise<void> {
  const story = living.log.join("\n");
  const champion = await living.champion();
  for (const { status, body } of await living.answers()) {
    expect(status, `${story}\n${JSON.stringify(body)}`).toBe(200);
    const { version, stage } = body.model as { readonly version: string; readonly stage: string };
    expect([version, stage], story).toEqual([champion?.version, "champion"]);
    expect(await living.mayServe(version), `${version} serves without a decision\n${story}`).toBe(true);
  }
}

/** Returns every step once and one more of each that changes data or trains, in a random order. */
function shuffled(random: () => number): Step[] {
  const all: Step[] = [...steps, "train", "train", "publish newer data", "correct data"];
  return all
    .map((step) => ({ step, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ step }) => step);
}

test.each(isMatrix ? [5, 7, 11] : [5])(
  "after every step of a random sequence (seed %i) a version that may serve answers, for a reason in the table of decisions",
  async (seed) => {
    const living = new LivingForecast(seed);
    const decisions = new LivingDecisions(living);
    await living.begin();
    await expectServed(living);
    await decisions.check("train");
    for (const step of shuffled(seededRandom(seed * 7919))) {
      await living.run(step);
      await expectServed(living);
      await decisions.check(step);
    }
  },
);

test("an edited declaration is no new look, also with a difference that more decimals make larger, and a correction allows one", async () => {
  const living = new LivingForecast(3);
  const decisions = new LivingDecisions(living);
  const train = async () => {
    await living.run("train");
    await decisions.check("train");
    return [...decisions.rows].at(-1);
  };
  await living.begin();
  await decisions.check("train");
  const other = "fewer unused periods; other data, seed or declaration";
  await living.addFeature("change2");
  expect(await train()).toBe(other);
  decisions.rows.clear();
  await living.correct(0.004);
  await living.run("edit the decimals");
  expect(await train()).toBe(other);
  await living.correct(1);
  expect(await train()).toBe("fewer unused periods; the publisher corrected data that the newest look read");
});

test("older code serves an earlier version instead of a champion that it cannot run, and newer code restores it", async () => {
  const living = new LivingForecast(3);
  await living.begin();
  await living.run("restart with the new code");
  await living.addFeature("weighted");
  await living.run("publish newer data");
  await living.run("publish newer data");
  await living.run("train");
  const newer = await living.newest("ridge");
  await living.promote(newer);
  await expectServed(living);
  expect(await living.champion()).toMatchObject({ version: newer, rule: "person" });

  await living.run("restart with the old code");
  await expectServed(living);
  const fallback = await living.champion();
  expect(fallback?.version).not.toBe(newer);
  expect(fallback).toMatchObject({
    rule: "fallback",
    who: "hub",
    why: expect.stringMatching(/cannot run: This code cannot compute a feature of the model.*weighted/),
  });
  await living.run("train");
  await expectServed(living);

  await living.run("restart with the new code");
  await expectServed(living);
});

test.each([
  ["lost", "is not in R2"],
  ["changed", "is not the registered file"],
] as const)(
  "a champion whose file is %s does not block a training, on the same data and on newer data",
  async (damage, why) => {
    const living = new LivingForecast(3);
    await living.begin();
    for (const days of [0, 1]) {
      const champion = (await living.champion())?.version ?? "none";
      await living.damageFile(champion, damage);
      if (days > 0) await living.run("publish newer data");
      await living.run("train");
      const story = living.log.at(-1);
      expect(story).toContain(
        `The champion ${champion} cannot run (its model.onnx ${why}), so the candidates were judged against the baseline alone.`,
      );
      // On the same data the baseline of the training has the bytes of the champion, which restores it. On newer data the gate
      // of the hub agrees that there is no opponent.
      if (days > 0) expect(story).not.toContain("was judged against the baseline only, but");
      else expect(await living.hasRegisteredFile(champion)).toBe(true);
      // The upkeep of the restart makes the new baseline a fallback.
      await living.run("restart with the old code");
      for (const { status, body } of await living.answers()) expect(status, JSON.stringify(body)).toBe(200);
    }
  },
);

test.each(["lost", "changed"] as const)(
  "a champion whose card is %s serves on and does not end a training, on the same data and on newer data",
  async (damage) => {
    const living = new LivingForecast(3);
    await living.begin();
    for (const days of [0, 1]) {
      const champion = (await living.champion())?.version ?? "none";
      await living.damageFile(champion, damage, "card.json");
      for (const { status } of await living.answers()) expect(status).toBe(200);
      if (days > 0) await living.run("publish newer data");
      await living.run("train");
      expect(living.log.at(-1)).toContain(
        `The champion ${champion} cannot be judged (its card.json is lost or damaged), so the candidates were judged against the baseline alone.`,
      );
      // The gate of the hub agrees that there is no opponent.
      expect(living.log.at(-1)).not.toContain("was judged against the baseline only, but");
      await living.run("restart with the old code");
      await expectServed(living);
    }
  },
);
