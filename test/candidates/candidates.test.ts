import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { predictMove, predictValue } from "../../shared/candidates/fitted.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { rmse } from "../../shared/stats/rmse.ts";
import { checkTree } from "../models/check-tree.ts";
import { seededRandom } from "../support/chance.ts";
import { everyCandidate, fitted, smallData, taskOf, withOtherFuture } from "./support.ts";

const data = smallData();
const train = { from: 0, to: 30 * 12 };
const later = { from: train.to, to: data.rows };
const naives = ["naive", "seasonal-naive"];

describe.each(everyCandidate)("$id", ({ id, candidate, parameters }) => {
  test("fits a small panel, and beats the baseline if it learns", () => {
    const model = fitted(candidate, taskOf(data, train, { parameters }));
    const truth = data.target.slice(later.from, later.to);
    const error = rmse(truth, predictValue(model, data, later, "difference"));
    const naive = rmse(truth, data.last.slice(later.from, later.to));
    if (naives.includes(id)) expect(error).toBeGreaterThanOrEqual(naive);
    else expect(error).toBeLessThan(0.75 * naive);
  });

  test("does not read rows outside its training rows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 39 }), fc.nat(), (periods, seed) => {
        const rows = { from: 0, to: periods * 12 };
        const changed = withOtherFuture(data, rows.to, seed);
        const model = fitted(candidate, taskOf(data, rows, { parameters }));
        expect(fitted(candidate, taskOf(changed, rows, { parameters }))).toEqual(model);
      }),
      { numRuns: 4 },
    );
  });

  test("gives the same model for the same seed, also after a structured clone", () => {
    const task = taskOf(data, train, { parameters, seed: 7 });
    const model = fitted(candidate, task);
    expect(fitted(candidate, { ...task, data: { ...data } })).toEqual(model);
    const travelled = structuredClone(model);
    expect(predictValue(travelled, data, later, "difference")).toEqual(predictValue(model, data, later, "difference"));
  });

  test("predicts a finite number for new categories and missing values", () => {
    const model = fitted(candidate, taskOf(data, train, { parameters }));
    const unseen = {
      ...data,
      columns: data.columns.map((column) =>
        column.dtype === "float"
          ? { ...column, values: column.values.map(() => Number.NaN) }
          : { ...column, categories: ["Zapopan"], codes: column.codes.map(() => 0) },
      ),
    };
    expect(predictValue(model, unseen, later, "difference").every(Number.isFinite)).toBe(true);
  });

  test("also learns a level and a log-difference, or gives a reason", () => {
    for (const transform of ["level", "log-difference"] as const) {
      const fit = candidate.fit(taskOf(data, train, { parameters, transform }));
      if (!fit.ok) {
        expect([id, transform]).toEqual(["hurdle", "level"]);
        continue;
      }
      const truth = data.target.slice(later.from, later.to);
      expect(rmse(truth, predictValue(fit.value, data, later, transform))).toBeLessThan(4);
    }
  });

  test("rejects an empty training set", () => {
    const fit = candidate.fit(taskOf(data, { from: 0, to: 0 }, { parameters }));
    expect(fit.ok).toBe(naives.includes(id));
  });
});

describe("seeds", () => {
  test.each(["gradient-boosting", "random-forest", "ml-random-forest"])(
    "a different seed gives a different %s",
    (id) => {
      const of = (seed: number) =>
        fitted(candidateNamed(id), taskOf(data, train, { parameters: { leafRowsMin: 5, trees: 5 }, seed }));
      expect(of(1)).not.toEqual(of(2));
      expect(of(0)).toEqual(of(0));
    },
  );
});

describe("naive", () => {
  test("seasonal: predicts the value a season ago, or the last value if that is missing", () => {
    const model = fitted(candidateNamed("seasonal-naive"), taskOf(data, train));
    const gappy = {
      ...data,
      columns: data.columns.map((column) =>
        column.name === "season" && column.dtype === "float"
          ? { ...column, values: column.values.map((value, row) => (row % 2 ? Number.NaN : value)) }
          : column,
      ),
    };
    const predicted = predictValue(model, gappy, { from: 0, to: 4 }, "difference");
    const last = [...data.last.slice(0, 4)];
    predicted.forEach((value, row) => {
      expect(value).toBeCloseTo((last[row] ?? 0) - (row % 2 ? 0 : 0.5), 5);
    });
  });

  test("seasonal: rejects a forecast without a seasonal feature", () => {
    const fit = candidateNamed("seasonal-naive").fit({ ...taskOf(data, train), seasonal: null });
    expect(fit.ok ? null : fit.error).toMatchObject({ kind: "invalid-data", found: "no seasonal feature" });
  });

  test("the error for an unknown id lists the known ids", () => {
    expect(() => candidateNamed("oracle")).toThrow(/unknown candidate oracle: expected one of naive, seasonal-naive/);
  });

  test("a parameter that is not a number is rejected", () => {
    const task = taskOf(data, train, { parameters: { alpha: "much" } });
    expect(() => candidateNamed("ridge").fit(task)).toThrow('parameter alpha is "much": expected a number');
  });
});

describe("average", () => {
  test("predicts the mean of its members' moves", () => {
    const average = everyCandidate.find(({ id }) => id === "average");
    if (average === undefined) throw new Error("expected the average candidate");
    const model = fitted(average.candidate, taskOf(data, train, average));
    if (model.kind !== "average") throw new Error(model.kind);
    const moves = model.members.map((member) => predictMove(member, data, later, "difference"));
    predictMove(model, data, later, "difference").forEach((move, row) => {
      expect(move).toBeCloseTo(((moves[0]?.[row] ?? 0) + (moves[1]?.[row] ?? 0)) / 2, 5);
    });
  });
});

const classification = { task: "classification", transform: "level" } as const;

describe("gradient boosting", () => {
  test("if no tree lowers the loss, the scoring models of the calibration have no trees either, so the seed has no effect", () => {
    const data = smallData();
    const random = seededRandom(1);
    // The events become more likely and depend on no feature.
    const target = Float64Array.from({ length: data.rows }, (_, row) =>
      Number(random() < 0.1 + (0.8 * row) / data.rows),
    );
    const parameters = { leafRowsMin: 5, learningRate: 0.3 };
    const fits = [1, 3].map((seed) =>
      fitted(
        candidateNamed("gradient-boosting"),
        taskOf({ ...data, target }, { from: 0, to: data.rows }, { ...classification, seed, parameters }),
      ),
    );
    const [first, second] = fits;
    expect(first).toMatchObject({
      kind: "calibrated",
      score: { ensemble: { trees: [{ feature: Int32Array.of(-1) }] } },
    });
    expect(second).toEqual(first);
  });

  test("stops early on its last training periods: noise gives no tree, and the file is still valid", () => {
    const noise = { ...data, target: data.last.map((value, row) => value + (((row * 7919) % 101) - 50) / 100) };
    const boosting = candidateNamed("gradient-boosting");
    const model = fitted(boosting, taskOf(noise, train, { parameters: { leafRowsMin: 5, learningRate: 0.2 } }));
    if (model.kind !== "trees") throw new Error(model.kind);
    expect(model.ensemble.trees.length).toBeLessThan(10);
    for (const tree of model.ensemble.trees) expect(checkTree(tree, model.ensemble.columns)).toBeNull();
    const learned = fitted(boosting, taskOf(data, train, { parameters: { leafRowsMin: 5, learningRate: 0.2 } }));
    expect(learned.kind === "trees" && learned.ensemble.trees.length).toBeGreaterThan(10);
  });
});
