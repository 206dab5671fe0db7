/** Tests each kind, and compares with pandas what pandas can compute. test/golden contains the script and names the version. */
import { describe, expect, test } from "vitest";
import { computeFeature } from "../../shared/features/compute.ts";
import type { Feature } from "../../shared/features/feature.ts";
import { findKind, type KindDeclaration, kinds } from "../../shared/features/kinds/index.ts";
import { hasMoved } from "../../shared/features/panel.ts";
import golden from "../golden/features.json" with { type: "json" };
import { none, ofValues, pastOfSeries } from "./compute-one.ts";
import { seriesOf } from "./support.ts";

describe("against pandas", () => {
  const values = golden.values.map((value) => value ?? none);

  test.each(golden.cases)("$feature", ({ feature, numbers }) => {
    const named = { name: "x", ...feature } as Feature; // For the compiler, kinds in JSON are plain strings.
    numbers.forEach((expected, index) => {
      const past = pastOfSeries([], [[[], values.slice(0, index + 1)]]);
      const [ours = none] = computeFeature(named, past).values;
      if (expected === null) expect(ours).toBeNaN();
      else expect(Math.abs(Number(ours) - expected)).toBeLessThanOrEqual(2 ** -23 * Math.abs(expected) + 1e-7);
    });
  });
});

describe("against pandas, of another variable", () => {
  const values = golden.values.map((value) => value ?? none);

  test.each(golden.cases)("$feature gives the same number for every variable", ({ feature }) => {
    const own = { name: "x", ...feature } as Feature;
    if (["since-change", "change-share"].includes(own.kind)) return;
    const ofOther = { ...own, variable: "other" } as Feature;
    for (let end = 1; end <= values.length; end++) {
      const past = pastOfSeries([], [[[], values.slice(0, end)]]);
      const unlike = pastOfSeries([], [[[], values.slice(0, end).map((value) => 7 - value)]]);
      const [target = seriesOf()] = unlike.series;
      const [other = seriesOf()] = past.series;
      const beside = { ...unlike, series: [{ ...target, others: { other } }] };
      expect(computeFeature(ofOther, beside)).toEqual(computeFeature(own, past));
    }
  });

  test("the error for a variable that the panel lacks names the variable", () => {
    const past = pastOfSeries([], [[[], [1, 2]]]);
    expect(() => computeFeature({ name: "x", kind: "lag", periods: 1, variable: "USD" }, past)).toThrow(
      "the panel has no variable USD",
    );
  });
});

const observed = [8, none, 2, 4, 4];
const ln2 = Math.log(2);
const byHand: readonly (readonly [KindDeclaration, number])[] = [
  [{ kind: "lag", periods: 3 }, 2],
  [{ kind: "lag", periods: 5 }, none],
  [{ kind: "seasonal-lag", periods: 3 }, 2],
  [{ kind: "seasonal-lag", periods: 4 }, none],
  [{ kind: "seasonal-lag", periods: 5 }, 8],
  [{ kind: "seasonal-growth", periods: 2, seasons: 1 }, ln2],
  [{ kind: "difference", periods: 2 }, 2],
  [{ kind: "difference", periods: 3 }, -4],
  [{ kind: "log-difference", periods: 2 }, ln2],
  [{ kind: "mean-log-difference", periods: 2 }, ln2 / 2],
  [{ kind: "rolling-mean", periods: 4 }, 4.5],
  [{ kind: "rolling-std", periods: 2 }, 0],
  [{ kind: "rolling-std", periods: 4 }, Math.sqrt(4.75)],
  [{ kind: "rolling-min", periods: 3 }, 2],
  [{ kind: "rolling-max", periods: 3 }, 4],
  [{ kind: "rolling-max", periods: 9 }, 8],
  [{ kind: "log-from-mean", periods: 2 }, 0],
  [{ kind: "log-from-min", periods: 3 }, ln2],
  [{ kind: "log-from-max", periods: 4 }, -ln2],
  [{ kind: "step-std", periods: 2 }, 1],
  [{ kind: "log-step-std", periods: 2 }, ln2 / 2],
  [{ kind: "weighted-mean", periods: 3, halfLife: 1 }, (4 + 4 / 2 + 2 / 4) / (1 + 1 / 2 + 1 / 4)],
  // The differences are −6, 2 and 0, the newest with weight 1.
  [{ kind: "step-ewma", periods: 3, halfLife: 1 }, Math.sqrt((0 + 2 ** 2 / 2 + 6 ** 2 / 4) / (1 + 1 / 2 + 1 / 4))],
  [{ kind: "since-change", periods: 9 }, 1],
  [{ kind: "last-change", periods: 9 }, 2],
  [{ kind: "last-change", periods: 1 }, 0],
  [{ kind: "change-share", periods: 2 }, 0.5],
  [{ kind: "change-count", periods: 3, direction: "down" }, 1],
  [{ kind: "change-count", periods: 1, direction: "down" }, 0],
  [{ kind: "change-count", periods: 3, direction: "same" }, 1],
  [{ kind: "change-count", periods: 3, direction: "up" }, 1],
  [{ kind: "change-size", periods: 3, direction: "down", share: 1 }, -6],
  [{ kind: "change-size", periods: 3, direction: "up", share: 0 }, 2],
  [{ kind: "change-size", periods: 1, direction: "up", share: 0 }, none],
  [{ kind: "calendar", part: "day" }, 6],
  [{ kind: "calendar", part: "days-ahead" }, 1],
  [{ kind: "calendar-is", part: "day", value: 6 }, 1],
  [{ kind: "calendar-is", part: "day", value: 5 }, 0],
];

describe("by hand", () => {
  test.each(byHand)("%o of 8, missing, 2, 4, 4 is %d", (declared, expected) => {
    expect(ofValues(declared, ...observed)).toBe(Math.fround(expected));
  });

  test("the cases include every kind that reads one series; the others have tests of their own", () => {
    const named = byHand.map(([{ kind }]) => findKind(kind)?.name);
    const below = ["category", "weekday-change-share"];
    // peers.test.ts
    const ofPeers = ["peers-change", "peers-changed-share"];
    // event-features.test.ts
    const ofEvents = ["event-last", "event-gap", "event-window", "event-age", "event-category"];
    expect(new Set([...named, ...below, ...ofPeers, ...ofEvents])).toEqual(new Set(kinds.map(({ name }) => name)));
  });
});

describe("past changes of a series", () => {
  test("sizes are quantiles that occurred, ascending, and counts have the number of steps as their sum", () => {
    const values = [10, 10.5, 10, 9, 9, 9.25, 10.25];
    const quantiles = (direction: "down" | "up", shares: readonly number[]) =>
      shares.map((share) => ofValues({ kind: "change-size", periods: 6, direction, share }, ...values));
    expect(quantiles("down", [0.25, 0.75])).toEqual([-1, -0.5]);
    expect(quantiles("up", [1 / 6, 0.5, 5 / 6])).toEqual([0.25, 0.5, 1]);
    const counts = (["down", "same", "up"] as const).map((direction) =>
      ofValues({ kind: "change-count", periods: 6, direction }, ...values),
    );
    expect(counts).toEqual([2, 1, 3]);
    expect(ofValues({ kind: "change-count", periods: 6, direction: "same" }, 4)).toBeNaN();
  });

  test("the share on the target's weekday counts only periods with this weekday", () => {
    const length = 15;
    // The target 2026-01-16 is a Friday, as are 2026-01-02 and 2026-01-09. Only the second of them changes.
    const values = Array.from({ length }, (_, index) => (index < 8 ? 20 : 21));
    expect(ofValues({ kind: "weekday-change-share", periods: 14 }, ...values)).toBe(0.5);
    expect(ofValues({ kind: "weekday-change-share", periods: 7 }, ...values)).toBe(1);
    const gap = values.map((value, index) => (index === 8 ? none : value));
    expect(ofValues({ kind: "weekday-change-share", periods: 14 }, ...gap)).toBe(0);
    expect(ofValues({ kind: "weekday-change-share", periods: 14 }, 20, 21)).toBeNaN();
  });
});

describe("logarithms", () => {
  test("are missing for a value that is not above 0", () => {
    for (const pair of [
      [1, 0],
      [0, 1],
      [-1, 1],
      [none, 1],
    ] as const) {
      expect(ofValues({ kind: "log-difference", periods: 1 }, ...pair)).toBeNaN();
    }
    expect(ofValues({ kind: "log-step-std", periods: 2 }, 1, -1, 2)).toBeNaN();
  });

  test("do not depend on the unit: values ten times as large give the same numbers", () => {
    const values = [3.5, 3.6, none, 3.4, 3.7];
    const tenfold = values.map((value) => value * 10);
    const both = (declared: KindDeclaration) =>
      [ofValues(declared, ...tenfold), ofValues(declared, ...values)] as const;
    const [ten, one] = both({ kind: "log-difference", periods: 2 });
    expect(ten).toBeCloseTo(one, 6);
    const [tenSteps, oneSteps] = both({ kind: "log-step-std", periods: 3 });
    expect(tenSteps).toBeCloseTo(oneSteps, 6);
    const [tenSpread, oneSpread] = both({ kind: "step-std", periods: 3 });
    expect(tenSpread).toBeCloseTo(10 * oneSpread, 5);
  });
});

describe("a category", () => {
  test("is the value of its dimension; the error for an unknown dimension lists the known ones", () => {
    const past = pastOfSeries(["city"], [[["Leon"], [1]]]);
    expect(computeFeature({ name: "x", kind: "category", dimension: "city" }, past)).toEqual({
      dtype: "string",
      values: ["Leon"],
    });
    for (const declared of [
      { kind: "category", dimension: "state" },
      { kind: "peers-change@1", dimensions: ["state"], periods: 1 },
    ] as const) {
      expect(() => computeFeature({ name: "x", ...declared }, past)).toThrow(
        "unknown dimension state: expected one of city",
      );
    }
  });
});

describe("rolling", () => {
  test("equal values have a deviation of exactly 0, despite rounding of their sum", () => {
    for (const value of [23.47, 0.1, 1e9 + 0.3]) {
      const equal = Array.from({ length: 7 }, () => value);
      expect(ofValues({ kind: "rolling-std", periods: 7 }, ...equal)).toBe(0);
    }
  });

  test("the value is missing without an observation; one observation is enough", () => {
    const declarations = [
      { kind: "rolling-mean", periods: 3 },
      { kind: "rolling-std", periods: 3 },
      { kind: "weighted-mean", periods: 3, halfLife: 2 },
    ] as const;
    expect(declarations.map((declared) => ofValues(declared, none))).toEqual([none, none, none]);
    expect(declarations.map((declared) => ofValues(declared, 4))).toEqual([4, 0, 4]);
  });
});

describe("changes", () => {
  const changesOf = (periods: number, values: readonly number[]) =>
    (["since-change", "last-change", "change-share"] as const).map((kind) => ofValues({ kind, periods }, ...values));

  test("a change of at least half a unit of the last digit counts as a move", () => {
    expect(hasMoved(23.5 - 23.495, 0.005)).toBe(true);
    expect(hasMoved(-0.0049, 0.005)).toBe(false);
    expect(hasMoved(0, 0)).toBe(false);
  });

  test("time since, size and share of changes are computed from the observations", () => {
    expect(changesOf(60, [20, 20.5, none, 20.5, 20, 20, 20])).toEqual([2, -0.5, Math.fround(0.4)]);
  });

  test("a change before the window is ignored, and without a step the value is missing", () => {
    expect(changesOf(2, [20, 21, 21, 21])).toEqual([2, 0, 0]);
    expect(changesOf(5, [none, 20])).toEqual([none, none, none]);
  });
});
