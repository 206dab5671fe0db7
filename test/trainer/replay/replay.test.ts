import { expect, test } from "vitest";
import { addDays } from "../../../shared/lib/calendar.ts";
import { enclosingPeriod } from "../../../shared/period.ts";
import { predictionsKey } from "../../../shared/track-record/keys.ts";
import { readPredictions } from "../../../shared/track-record/published-prediction.ts";
import { readScores } from "../../../shared/track-record/published-score.ts";
import { trackRecord } from "../../../shared/track-record/track-record.ts";
import type { RunModel } from "../../../shared/training/publish-task.ts";
import { FactHistory } from "../../../trainer/replay/fact-history.ts";
import { echoes, steppedForecast } from "../../training/step-worlds.ts";
import { momentum, type Process, randomWalk, simulatedPanel } from "../../training/support.ts";
import { factsOfPanel, replayFacts, replayForecast, runHere } from "./simulated.ts";

const dayAfter = (days: number) => addDays("2026-01-01", days);
const factsOf = (process: Process, periods: number, seed = 1) =>
  factsOfPanel(simulatedPanel(seed, process, { periods, series: 5 }));
const naive = { candidate: "naive", space: {}, trials: 1 };
const brisk = { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 5, high: 20 } as const }, trials: 1 };
const nextPeriod = { step: 1, set: "series" };

test("planted skill promotes a learner, and the record shows skill above 0", async () => {
  const replayed = await replayFacts(factsOf(momentum, 195), { from: dayAfter(159) });
  const [first] = replayed.trainings;
  expect(first?.champion?.candidate).not.toBe("naive");
  expect(first?.submitted[0]?.verdict).toMatchObject({ kind: "promote", rule: "first" });
  const record = trackRecord(replayed.sums, nextPeriod);
  expect(record?.windows.at(-1)?.skill).toBeGreaterThan(0.02);
  expect(record).toMatchObject({ claim: "better", differing: 35 });
});

test("with skill at step 3 the record has the learner's distributions there, also after a refresh, and nothing of the future", async () => {
  const facts = factsOfPanel(echoes(2, 0.8, { periods: 156, series: 6 }));
  const forecast = { ...replayForecast, ...steppedForecast, groups: [], candidates: [naive, brisk] };
  const story = { forecast, from: dayAfter(149), retrainEvery: 4 };
  const replayed = async (until: string) => {
    const files = new Map<string, Uint8Array>();
    const write = async (key: string, bytes: Uint8Array) => {
      files.set(key, bytes);
    };
    const known = facts.filter(({ period }) => period <= until);
    return { ...(await replayFacts(known, story, { write })), files };
  };
  const { files, ...whole } = await replayed(dayAfter(155));
  expect(whole.trainings.map(({ after }) => after)).toEqual([dayAfter(149), dayAfter(153)]);
  for (const day of [149, 155]) {
    const key = predictionsKey({ forecast: forecast.id, origin: dayAfter(day), role: "champion", revision: 1 });
    const published = await readPredictions(forecast, files.get(key) ?? new Uint8Array());
    const third = published.filter(({ step }) => step === 3);
    expect(third.map(({ servedBy }) => servedBy)).toEqual(Array.from({ length: 6 }, () => "ridge"));
    for (const { baseline, distribution } of third) {
      expect(distribution).not.toBeNull();
      expect(baseline?.distribution).not.toEqual(distribution);
    }
  }
  expect(trackRecord(whole.sums, { step: 3, set: "series" })?.windows.at(-1)?.skill).toBeGreaterThan(0);
  const cut = await replayed(dayAfter(150));
  expect(cut.files.size).toBeGreaterThan(2);
  for (const [key, bytes] of cut.files) expect(files.get(key)).toEqual(bytes);
  expect(cut.trainings).toEqual(whole.trainings.slice(0, 1));
});

test("a random walk promotes no learner: the baseline serves, and each training states why", async () => {
  const replayed = await replayFacts(factsOf(randomWalk, 185, 3), { from: dayAfter(154), retrainEvery: 30 });
  expect(replayed.trainings).toHaveLength(2);
  for (const { champion, reason } of replayed.trainings) {
    expect(champion?.candidate).toBe("naive");
    expect(reason).not.toBe("");
  }
  expect(trackRecord(replayed.sums, nextPeriod)).toMatchObject({ claim: "no difference shown yet", differing: 0 });
});

test("nothing was known later: with the future cut off, the record up to there is the same", async () => {
  const until = dayAfter(66);
  const facts = factsOf(momentum, 72);
  const story = { from: dayAfter(49), retrainEvery: 15 };
  const whole = await replayFacts(facts, story);
  const cut = await replayFacts(
    facts.filter(({ period }) => period <= until),
    story,
  );
  expect(cut.publications.at(-1)).toBe(until);
  expect(cut.sums.length).toBeGreaterThan(30);
  expect(cut.sums).toEqual(whole.sums.filter(({ target }) => target <= until));
  expect(cut.trainings).toEqual(whole.trainings.filter(({ after }) => after <= until));
  const limited = await replayFacts(facts, { ...story, to: until });
  expect(limited).toEqual(cut);
});

test("a training waits until the data is sufficient, and the publications before it have no forecast", async () => {
  const replayed = await replayFacts(factsOf(randomWalk, 40), { from: dayAfter(19) });
  expect(replayed.unpublished.map(({ period }) => period)).toEqual(
    Array.from({ length: 10 }, (_, at) => dayAfter(19 + at)),
  );
  expect(replayed.unpublished[0]?.reason).toContain("training needs at least 30");
  expect(replayed.trainings.map(({ after }) => after)).toEqual([dayAfter(29)]);
});

test("its range may be stated in longer periods, as in 2024-Q3", async () => {
  const quarter = enclosingPeriod(dayAfter(28), "quarter");
  const days = Array.from({ length: 29 }, (_, at) => dayAfter(at));
  const { publications } = await replayFacts(factsOf(randomWalk, 29), { from: quarter, to: quarter });
  expect(publications).toEqual(days.filter((day) => enclosingPeriod(day, "quarter") === quarter));
  const earlier = replayFacts(factsOf(randomWalk, 29), { from: "2000-Q1", to: "2000-Q2" });
  await expect(earlier).rejects.toThrow("No publication is between 2000-Q1 and 2000-Q2. The files contain");
});

test("a training that fails changes nothing: no version serves before the next one, and the reason is recorded", async () => {
  const wrong: RunModel = async (model, rows) => {
    const outputs = await runHere(model, rows);
    return { ...outputs, prediction: (outputs.prediction ?? new Float32Array()).map((value) => value + 1) };
  };
  const replayed = await replayFacts(factsOf(randomWalk, 33), { from: dayAfter(30) }, { run: wrong });
  expect(replayed.trainings).toMatchObject([{ trials: 0, champion: null }]);
  expect(replayed.trainings[0]?.reason).toContain("give different results");
  expect(replayed.unpublished).toHaveLength(3);
});

test("a corrected value is used from the day of the publication that corrects it", async () => {
  const facts = factsOf(randomWalk, 60);
  const [corrected] = facts;
  if (corrected === undefined) throw new Error("no fact");
  const dated = (publishedOn: string, value: number) => ({ publishedOn, facts: [{ ...corrected, value }] });
  const history = new FactHistory(new Map([["simulated", [dated(dayAfter(30), 1), dated(dayAfter(40), 2)]]]));
  const valueAt = (day: string | null) => history.factsAt(day).get("simulated")?.[0]?.value;
  expect([dayAfter(0), dayAfter(39), dayAfter(40), null].map(valueAt)).toEqual([1, 1, 2, 2]);
  expect(history.factsAt(dayAfter(-1)).get("simulated")).toEqual([]);
});

test("the files of the record contain what was published and scored", async () => {
  const files = new Map<string, Uint8Array>();
  const facts = factsOf(randomWalk, 40);
  const story = { from: dayAfter(36) };
  await replayFacts(facts, story, {
    write: async (key, bytes) => {
      files.set(key, bytes);
    },
  });
  const key = predictionsKey({ forecast: "small", origin: dayAfter(36), role: "champion", revision: 1 });
  const predictions = await readPredictions(replayForecast, files.get(key) ?? new Uint8Array());
  expect(predictions.filter(({ set }) => set === "region")).toHaveLength(4);
  const scores = [...files].filter(([name]) => name.startsWith("scores/"));
  expect(scores).toHaveLength(3);
  const [, bytes = new Uint8Array()] = scores[1] ?? [];
  // Of the second target: the next period of one origin and the second step of an earlier one.
  expect((await readScores(replayForecast, bytes)).map(({ step, set }) => `${set} ${step}`).sort()).toEqual(
    [1, 2]
      .flatMap((step) => [
        ...Array.from({ length: 2 }, () => `region ${step}`),
        ...Array.from({ length: 5 }, () => `series ${step}`),
      ])
      .sort(),
  );
});
