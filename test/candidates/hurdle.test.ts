import { describe, expect, test } from "vitest";
import { fitChance } from "../../shared/candidates/chance.ts";
import { predictMove } from "../../shared/candidates/fitted.ts";
import { eventsOf } from "../../shared/candidates/hurdle.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { predictChance } from "../../shared/candidates/odds.ts";
import { brier } from "../../shared/stats/brier.ts";
import { modelOf } from "../models/support.ts";
import { fitted, smallData, taskOf } from "./support.ts";

const data = smallData(3, 200);
const train = { from: 0, to: 150 * 12 };
const later = { from: train.to, to: data.rows };
const parameters = { leafRowsMin: 20 };
const events = eventsOf({ data, tolerance: 0.005 });
const outcomes = events.subarray(later.from, later.to);
const shareOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("the chance of a change", () => {
  const chance = modelOf(fitChance(taskOf(data, train, { parameters }), events));
  const predicted = predictChance(chance, data, later);

  test("is a calibrated probability, for likely and for unlikely changes", () => {
    const bins = [0, 0.25, 0.5, 0.75].map((low) =>
      [...predicted.keys()].filter((row) => (predicted[row] ?? 0) >= low && (predicted[row] ?? 0) < low + 0.25),
    );
    for (const rows of bins) {
      expect(rows.length).toBeGreaterThan(40);
      const promised = shareOf(rows.map((row) => predicted[row] ?? 0));
      // Three standard deviations of a share of at least 40 rows are below 0.25; most bins are larger.
      expect(Math.abs(shareOf(rows.map((row) => outcomes[row] ?? 0)) - promised)).toBeLessThan(
        1.5 / Math.sqrt(rows.length),
      );
    }
    expect(predicted.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
  });

  test("is better than the share of changes", () => {
    const base = new Float64Array(outcomes.length).fill(shareOf(events.subarray(train.from, train.to)));
    expect(brier(outcomes, Float64Array.from(predicted))).toBeLessThan(0.75 * brier(outcomes, base));
  });

  test("is the base rate of the held-out periods if the scores have no skill there", () => {
    // The relation is reversed in the last fifth of the training periods.
    const turned = events.map((event, row) => (row >= 120 * 12 && row < train.to ? 1 - event : event));
    const model = modelOf(fitChance(taskOf(data, train, { parameters }), turned));
    expect(model.slope).toBe(0);
    const rate = shareOf(turned.subarray(120 * 12, train.to));
    for (const probability of predictChance(model, data, later)) expect(probability).toBeCloseTo(rate, 2);
  });

  test("cannot be fitted if no event happens", () => {
    const fit = fitChance(taskOf(data, train, { parameters }), new Float64Array(data.rows));
    expect(fit.ok ? null : fit.error.kind).toBe("constant-target");
  });
});

describe("hurdle", () => {
  test("predicts the chance times the size, which is fitted to rows that moved", () => {
    const model = fitted(candidateNamed("hurdle"), taskOf(data, train, { parameters }));
    if (model.kind !== "hurdle") throw new Error(model.kind);
    const chances = predictChance(model.chance, data, later);
    const sizes = predictMove(model.size, data, later, "difference");
    predictMove(model, data, later, "difference").forEach((move, row) => {
      expect(move).toBe(Math.fround((chances[row] ?? 0) * (sizes[row] ?? 0)));
    });
    const moved = [...sizes.keys()].filter((row) => outcomes[row] === 1);
    const misses = moved.map(
      (row) => (data.target[later.from + row] ?? 0) - (data.last[later.from + row] ?? 0) - (sizes[row] ?? 0),
    );
    expect(Math.abs(shareOf(misses))).toBeLessThan(0.2);
  });

  test("shares its chance between trials with the same seed, rows and tolerance only", () => {
    const chanceOf = (change: Partial<ReturnType<typeof taskOf>>) => {
      const model = fitted(candidateNamed("hurdle"), { ...taskOf(data, train, { parameters }), ...change });
      return model.kind === "hurdle" ? model.chance : null;
    };
    const first = chanceOf({});
    expect(chanceOf({ parameters: { ...parameters, iterations: 5 } })).toBe(first);
    for (const change of [{ seed: 2 }, { rows: { from: 0, to: 140 * 12 } }, { tolerance: 1 }]) {
      expect(chanceOf(change)).not.toEqual(first);
    }
  });

  test("rejects a target that never moves", () => {
    const still = { ...data, target: data.last };
    const fit = candidateNamed("hurdle").fit(taskOf(still, train, { parameters }));
    expect(fit.ok ? null : fit.error.kind).toBe("constant-target");
  });
});
