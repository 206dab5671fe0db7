/** Several steps and groups of series in `/predict`. */
import { describe, expect, test } from "vitest";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { answerGroup } from "../../shared/predict/answer-group.ts";
import { groupAnswer } from "../../shared/predict/group-answer.ts";
import { readGroup } from "../../shared/predict/group-request.ts";
import { readPath } from "../../shared/predict/path-request.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { seriesPath } from "../../shared/predict/series-path.ts";
import { setsOfSnapshot, steppedSets } from "../../shared/predict/step-forecasts.ts";
import { forecast, historyOf, instanceOf, snapshotOf } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

const baselines = { baselines: milkBaselines, steps: [...forecast.steps] };
const snapshot = snapshotOf({ hasChanges: true, card: baselines }, historyOf("2026-11-20", 80));
const earlier = snapshotOf({ hasChanges: true });

function pathOf(steps: string | null, until: string | null = null, more: Record<string, unknown> = {}) {
  const read = readPath(snapshot, { steps, until });
  if (!read.ok || read.value === null) return read;
  const request = { kind: "single", instance: instanceOf(0, more) } as const;
  const prepared = prepareRows(snapshot, request, { textNumbers: false, explain: null, partial: false });
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const answer = answerRows(snapshot, { ...prepared.value, kind: "single", stale: false });
  const [row] = prepared.value.rows;
  if (row === undefined || !("features" in answer)) throw new Error("one row has one answer");
  const prediction = { ...answer, features: {} };
  const path = seriesPath(snapshot, { row, prediction }, read.value);
  return path.ok ? { answer, path: path.value } : path;
}

describe("a path", () => {
  const { answer, path } = pathOf("12") as { answer: Record<string, unknown>; path: Record<string, unknown>[] };

  test("has an entry for each step on the days of the schedule, the first with the numbers of the answer", () => {
    expect(path.map(({ step, target_period }) => `${step} ${target_period}`).slice(0, 5)).toEqual([
      "1 2026-11-23",
      "2 2026-11-25",
      "3 2026-11-27",
      "4 2026-11-30",
      "5 2026-12-02",
    ]);
    expect(path).toHaveLength(12);
    const [first, second, third] = path;
    expect(first).toMatchObject({
      predicted_price: answer["predicted_price"],
      expected: answer["expected"],
      interval95: answer["interval95"],
      quantiles: answer["quantiles"],
      served_by: snapshot.model.card.name,
    });
    expect([second?.["served_by"], third?.["served_by"]]).toEqual(["persistence", "drift"]);
    expect(second?.["expected"]).toBe(answer["naive"]);
    expect(singleAnswerShape.safeParse({ ...answer, path }).success).toBe(true);
  });

  test("has the probability of a value above a threshold at every step, as the answer has", () => {
    const answered = pathOf("3", null, { above: 25 });
    if (!("path" in answered)) throw new Error("there is a path");
    const chances = answered.path.map((step) => step.above?.probability ?? Number.NaN);
    expect(chances[0]).toBe((answered.answer as { above?: { probability: number } }).above?.probability);
    expect(chances.every((chance) => chance > 0 && chance < 1)).toBe(true);
  });

  test("has wider intervals and fewer unchanged values at later steps", () => {
    const widthAt = (step: number) => {
      const [low = 0, high = 0] = (path[step - 1]?.["interval95"] ?? []) as number[];
      return high - low;
    };
    expect(widthAt(12)).toBeGreaterThan(widthAt(3));
    const sameAt = (step: number) => path[step - 1]?.["probabilities"] as { same: number } | undefined;
    expect(sameAt(12)?.same).toBeLessThan(sameAt(2)?.same ?? 0);
  });

  test("ends with the last step up to a day", () => {
    const short = pathOf(null, "2026-11-29") as { path: { target_period: string }[] };
    expect(short.path.map(({ target_period }) => target_period)).toEqual(["2026-11-23", "2026-11-25", "2026-11-27"]);
  });

  test.each([
    [
      "0",
      null,
      "steps is not a number of steps of this forecast. It answers the steps 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.",
    ],
    ["13", null, "steps is not a number of steps"],
    ["two", null, "steps is not a number of steps"],
    [null, "2026-11-20", "until is before the next period, 2026-11-23."],
    [null, "soon", "until is not a day."],
    ["3", "2026-12-31", "A request has steps or until, not both."],
  ])("is refused for steps %s and until %s, in one sentence", (steps, until, detail) => {
    expect(readPath(snapshot, { steps, until })).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining(detail) },
    });
  });

  test("is refused for supplied features, and for a version without baselines", () => {
    expect(pathOf("3", null, { Precio_lag1: 23 })).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining("Further steps are computed from the history only.") },
    });
    expect(readPath(earlier, { steps: "3", until: null })).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining("predicts only the next period") },
    });
    expect(setsOfSnapshot(earlier)).toEqual([]);
  });
});

test("a report gets the numbers of the answers from the panel, the declaration and the baselines", () => {
  const { forecast: declaration, panel } = snapshot;
  const sets = steppedSets({ forecast: declaration, panel, baselines: milkBaselines });
  expect(sets.map(({ name }) => name)).toEqual(["series", "state", "kind and channel", "nation"]);
  for (const [at, set] of sets.entries()) {
    const level = set.levelOf(0);
    if (level === null) throw new Error("the first member has a level");
    expect(set.at(0, level, 12)).toEqual(setsOfSnapshot(snapshot)[at]?.at(0, level, 12));
  }
});

describe("a group", () => {
  const answerTo = (instance: Record<string, unknown>, rule: string | null = null) => {
    const named = readGroup(snapshot, instance, rule);
    return named?.ok ? groupAnswer(snapshot, snapshot.heads.fresh, named.value, [1, 2, 3]) : named;
  };

  test("is answered with the mean of its series, how many they are, and a path", () => {
    const answered = answerTo({ Estado: "Jalisco" });
    if (!answered?.ok) throw new Error("Jalisco is a group");
    const values = snapshot.series.filter(({ is }) => is[0] === "Jalisco").map(({ last }) => last?.value ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(answered.value).toMatchObject({
      group: "state",
      series: { Estado: "Jalisco" },
      series_count: 3,
      naive: expect.closeTo(mean, 6),
      last: { period: "2026-11-20", value: expect.closeTo(mean, 6) },
      target_period: "2026-11-23",
      served_by: "drift",
      path: [{ step: 1 }, { step: 2, served_by: "persistence" }, { step: 3, served_by: "drift" }],
    });
    expect(singleAnswerShape.safeParse(answered.value).success).toBe(true);
    expect(answered.value.path?.[0]?.quantiles).toEqual(answered.value.quantiles);
  });

  test("has the probability of a value above a threshold, at every step, in the query and in the body", () => {
    const options = { explain: false, withFeatures: false, steps: { steps: "3", until: null, group: null } };
    const served = { snapshot, stale: false };
    const request = (instance: Record<string, unknown>) => ({ kind: "single", instance }) as const;
    const inQuery = answerGroup(served, { ...options, request: request({ Estado: "Jalisco" }), above: "22" });
    const inBody = answerGroup(served, { ...options, request: request({ Estado: "Jalisco", above: 22 }), above: "1" });
    expect(inBody).toEqual(inQuery);
    if (!inQuery?.ok) throw new Error("Jalisco is a group");
    const { above, path } = inQuery.value;
    expect(above).toEqual({ value: 22, probability: expect.any(Number) });
    expect(path?.map((step) => step.above?.value)).toEqual([22, 22, 22]);
    expect(path?.[0]?.above).toEqual(above);
    expect(answerGroup(served, { ...options, request: request({ Estado: "Jalisco" }), above: "x" })).toMatchObject({
      error: { field: "above" },
    });
  });

  test("has no features and no explanation, so requests for them are refused", () => {
    const options = { request: { kind: "single", instance: { Estado: "Jalisco" } }, above: undefined } as const;
    const steps = { steps: null, until: null, group: null };
    const served = { snapshot, stale: false };
    for (const [explain, withFeatures, field] of [
      [true, false, "explain"],
      [false, true, "features"],
    ] as const)
      expect(answerGroup(served, { ...options, steps, explain, withFeatures })).toMatchObject({ error: { field } });
  });

  test("of all series is named by its rule, which needs no field", () => {
    expect(answerTo({}, "nation")).toMatchObject({ ok: true, value: { group: "nation", series_count: 4, series: {} } });
    expect(answerTo({})).toBeNull();
    expect(answerTo({}, "nacion")).toMatchObject({ ok: false, error: { didYouMean: "nation" } });
    expect(answerTo({ Estado: "Jalisco" }, "nation")).toMatchObject({ ok: false, error: { field: "group" } });
  });

  test("may be named by several dimensions, in any order and by aliases", () => {
    expect(answerTo({ Canal: "Tiendas", Tipo: "Ultrapasteurizada" })).toMatchObject({
      ok: true,
      value: { group: "kind and channel", series_count: 1 },
    });
    expect(answerTo({ estado: " Jalisco" })).toMatchObject({ ok: true, value: { group: "state" } });
  });

  test("with an unknown name is refused with a suggestion; other combinations are instances of a single series", () => {
    expect(answerTo({ Estado: "Jalisc" })).toMatchObject({
      ok: false,
      error: { field: "Estado", found: "Jalisc", didYouMean: "Jalisco", allowed: ["Jalisco", "México"] },
    });
    expect(answerTo({ Canal: "Tiendas", Tipo: "Cruda" })).toMatchObject({ ok: false, error: { field: "Tipo" } });
    for (const instance of [{ Estado: "Jalisco", Ciudad: "Zapopan" }, instanceOf(0), { Estado: "Jalisco", dia: 3 }])
      expect(answerTo(instance)).toBeNull();
    expect(readGroup(earlier, { Estado: "Jalisco" }, null)).toBeNull();
  });
});
