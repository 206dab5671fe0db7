import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { average, averageParameters } from "../../shared/candidates/average.ts";
import { calibrated } from "../../shared/candidates/calibrated.ts";
import type { FitTask } from "../../shared/candidates/candidate.ts";
import { predictValue } from "../../shared/candidates/fitted.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { success } from "../../shared/lib/result.ts";
import { brier } from "../../shared/stats/brier.ts";
import { expectedCalibrationError, reliability } from "../../shared/stats/calibration.ts";
import { classData, classRecipes, type World } from "../training/classes.ts";
import { fitted, smallData, taskOf } from "./support.ts";

const planted: World = { strength: 2, periods: 900 };
const data = classData(1, planted);
const train = { from: 0, to: 600 };
const later = { from: train.to, to: data.rows };

/** A calibration error of 300 rows is mostly noise: probabilities that are exactly right have about 0.04. These are 1,800 rows. */
const longWorld = (() => {
  const long = classData(1, { ...planted, periods: 2_400 });
  return { long, after: { from: train.to, to: long.rows } };
})();

const classTask = (rows: FitTask["rows"], changes: Partial<FitTask> = {}): FitTask => ({
  ...taskOf(data, rows, { task: "classification", transform: "level", last: "bad_before" }),
  seasonal: null,
  ...changes,
});

const all = [
  ...classRecipes.map(({ candidate, parameters }) => ({
    name: candidate,
    candidate: candidateNamed(candidate),
    parameters,
  })),
  {
    name: "average",
    candidate: average,
    parameters: averageParameters([...classRecipes].slice(2, 5)),
  },
];
const learned = all.filter(({ name }) => !["base-rate", "state-frequency"].includes(name));

/** Returns the dataset with different features, states and outcomes after a row. */
function withOtherDays(from: number, seed: number) {
  const other = classData(seed, { strength: -3, periods: 900 });
  const mixed = <Values extends Float32Array | Float64Array>(own: Values, replacement: Values) =>
    own.map((value, row) => (row < from ? value : (replacement[row] ?? 0))) as Values;
  return {
    ...data,
    last: mixed(data.last, other.last),
    target: mixed(data.target, other.target),
    columns: data.columns.map((column, at) => {
      const replacement = other.columns[at];
      return column.dtype === "float" && replacement?.dtype === "float"
        ? { ...column, values: mixed(column.values, replacement.values) }
        : column;
    }),
  };
}

describe.each(all)("$name of 0 and 1", ({ candidate, parameters }) => {
  const model = fitted(candidate, classTask(train, { parameters }));

  test("predicts a probability, also if every feature is missing", () => {
    const missing = {
      ...data,
      columns: data.columns.map((column) =>
        column.dtype === "float" ? { ...column, values: column.values.map(() => Number.NaN) } : column,
      ),
    };
    for (const rows of [data, missing]) {
      const predicted = predictValue(model, rows, later, "level");
      expect(predicted.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
    }
  });

  test("does not read rows outside its training rows, also not for calibration", () => {
    fc.assert(
      fc.property(fc.integer({ min: 120, max: 260 }), fc.integer({ min: 2, max: 99 }), (to, seed) => {
        const rows = { from: 0, to };
        const changed = withOtherDays(to, seed);
        const changedTask = { ...classTask(rows, { parameters }), data: changed, move: changed.target };
        expect(fitted(candidate, changedTask)).toEqual(fitted(candidate, classTask(rows, { parameters })));
      }),
      { numRuns: 3 },
    );
  });

  test("gives the same model for the same seed, also after a structured clone", () => {
    expect(fitted(candidate, classTask(train, { parameters }))).toEqual(model);
    const travelled = structuredClone(model);
    expect(predictValue(travelled, data, later, "level")).toEqual(predictValue(model, data, later, "level"));
  });
});

describe.each(learned)("$name", ({ candidate, parameters }) => {
  test("finds planted skill, and its probabilities are calibrated", () => {
    const { long, after } = longWorld;
    const task = classTask(train, { parameters, data: long, move: long.target });
    const predicted = predictValue(fitted(candidate, task), long, after, "level");
    const base = predictValue(fitted(candidateNamed("base-rate"), task), long, after, "level");
    const known = long.target.subarray(after.from, after.to);
    expect(brier(known, predicted)).toBeLessThan(0.85 * brier(known, base));
    expect(expectedCalibrationError(reliability(known, predicted, 5))).toBeLessThan(0.08);
  });

  test("rejects training rows with a single outcome", () => {
    const move = new Float64Array(data.rows).fill(1);
    const fit = candidate.fit({ ...classTask(train, { parameters }), data: { ...data, target: move }, move });
    expect(fit.ok ? null : fit.error.kind).toBe("constant-target");
  });
});

describe("calibration", () => {
  /** A fit that predicts the feature `signal` times `sign`. */
  const echo = (sign: number) => (task: FitTask) => {
    const encoding = { columns: [{ name: "signal", how: "number" as const }], imputed: null };
    const line = { means: Float64Array.of(0), scales: Float64Array.of(1), coefficients: Float64Array.of(sign) };
    seen.push(task.rows.to);
    return success({ kind: "linear" as const, encoding, model: { ...line, intercept: 0 } });
  };
  const seen: number[] = [];

  test("scores without skill give the base rate, not a model with reversed order", () => {
    expect(calibrated(echo(-1))(classTask(train))).toEqual(candidateNamed("base-rate").fit(classTask(train)));
  });

  test("calibrates on rows that the scoring model was not fitted on: the later half, in four parts", () => {
    seen.length = 0;
    const fit = calibrated(echo(1))(classTask(train));
    expect(fit.ok && fit.value.kind === "calibrated" && fit.value.slope).toBeCloseTo(2, 0);
    expect(seen).toEqual([600, 300, 375, 450, 525]);
  });

  test("fits the scoring models with what the final model decided, each to rows before the later half", () => {
    const refits: FitTask[] = [];
    const final = echo(1);
    const fit = calibrated(final, (task, decided) => {
      refits.push(task);
      return success(decided);
    })(classTask(train));
    expect(fit).toEqual(calibrated(final)(classTask(train)));
    expect(refits.map(({ rows }) => rows.to)).toEqual([300, 375, 450, 525]);
  });

  test("does not change a regression", () => {
    const task = { ...classTask(train), task: "regression" as const };
    expect(calibrated(echo(1))(task)).toMatchObject({ ok: true, value: { kind: "linear" } });
  });
});

describe("base rates", () => {
  const predicted = (id: string, rows = train) =>
    predictValue(fitted(candidateNamed(id), classTask(rows)), data, later, "level");
  const count = (state: number | null) => {
    let [rows, events] = [0, 0];
    for (let row = train.from; row < train.to; row++) {
      if (state !== null && data.last[row] !== state) continue;
      rows++;
      events += data.target[row] ?? 0;
    }
    return { rows, events };
  };
  const rate = count(null).events / count(null).rows;

  test("base rate: predicts the share of events among the training rows", () => {
    for (const probability of predicted("base-rate")) expect(probability).toBe(Math.fround(rate));
  });

  test("state frequency: predicts the share after the same state, smoothed by four rows with the base rate", () => {
    predicted("state-frequency").forEach((probability, row) => {
      const { rows, events } = count(data.last[later.from + row] ?? 0);
      expect(probability).toBe(Math.fround((events + 4 * rate) / (rows + 4)));
    });
  });

  test("a regression and an empty training set are rejected", () => {
    const values = taskOf(smallData(), { from: 0, to: 120 });
    for (const id of ["base-rate", "state-frequency"]) {
      const fit = candidateNamed(id).fit(values);
      expect(fit.ok ? null : fit.error).toMatchObject({ kind: "invalid-data", found: "a regression" });
      const empty = candidateNamed(id).fit(classTask({ from: 0, to: 0 }));
      expect(empty.ok ? null : empty.error.kind).toBe("too-few-rows");
    }
  });

  test("logistic: values other than 0 and 1 are rejected", () => {
    const fit = candidateNamed("logistic").fit(taskOf(smallData(), { from: 0, to: 120 }));
    expect(fit.ok ? null : fit.error).toMatchObject({ kind: "invalid-data", expected: "0 or 1" });
  });
});
