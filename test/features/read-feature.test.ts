/** A declaration of a feature in JSON is read, or rejected with the expected value. */
import { describe, expect, test } from "vitest";
import { computeFeature } from "../../shared/features/compute.ts";
import { type Feature, readFeature } from "../../shared/features/feature.ts";
import { findKind } from "../../shared/features/kinds/index.ts";
import { pastOfSeries } from "./compute-one.ts";

describe("a declaration read from JSON", () => {
  test("names a kind with its version; without one it means version 1, as in old cards", () => {
    expect(findKind("peers-change")).toBe(findKind("peers-change@1"));
    expect(readFeature({ name: "x", kind: "peers-change@2", dimensions: [], periods: 3 })).toMatchObject({ ok: true });
    expect(readFeature({ name: "x", kind: "lag", periods: 1, learned: false })).toMatchObject({ ok: true });
  });

  test.each<[string, unknown, string]>([
    ["null", null, "expected an object with name, kind and the kind's options"],
    ["no name", { kind: "lag", periods: 1 }, "expected text"],
    ["an unknown kind", { name: "x", kind: "moon", phase: 1 }, 'this build has no kind "moon"'],
    ["an unknown version", { name: "x", kind: "lag@9", periods: 1 }, 'this build has no kind "lag@9"'],
    ["a missing option", { name: "x", kind: "lag" }, "feature x of kind lag: periods: expected a whole number from 1"],
    ["no periods", { name: "x", kind: "lag", periods: 0 }, "expected a whole number from 1"],
    [
      "another kind's option",
      { name: "x", kind: "lag", periods: 1, halfLife: 2 },
      "one of the options periods, variable",
    ],
    ["an unknown part", { name: "x", kind: "calendar", part: "moon" }, "one of year, month, day, weekday"],
    ["a half-life of 0", { name: "x", kind: "weighted-mean", periods: 1, halfLife: 0 }, "halfLife"],
    ["learned: true", { name: "x", kind: "lag", periods: 1, learned: true }, "found learned true, expected false"],
  ])("is rejected with the expected value: %s", (_, json, expected) => {
    expect(readFeature(json)).toEqual({ ok: false, error: expect.stringContaining(expected) });
  });

  test("is rejected before it is computed", () => {
    const wrong = { name: "x", kind: "lag", periods: -1 } as Feature;
    expect(() => computeFeature(wrong, pastOfSeries([], []))).toThrow("feature x of kind lag: periods");
  });
});
