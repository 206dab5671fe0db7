/** The model files of every candidate can be explained. docs/REQUESTS.md lists what their contributions are. */
import { describe, expect, test } from "vitest";
import type { Fitted } from "../../shared/candidates/fitted.ts";
import { graphOf, predictionOutput } from "../../shared/candidates/graph.ts";
import { candidateNamed, candidates } from "../../shared/candidates/index.ts";
import { buildExplainer } from "../../shared/explain/explainer.ts";
import type { Feature } from "../../shared/features/feature.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { classifiers, everyCandidate, fitted, smallData, taskOf } from "../candidates/support.ts";

const features: readonly Feature[] = [
  { name: "town", kind: "category", dimension: "town" },
  { name: "signal", kind: "difference", periods: 1 },
  { name: "gaps", kind: "difference", periods: 2 },
  { name: "season", kind: "lag", periods: 1 },
];
const data = smallData();
const events = { ...data, target: data.target.map((value, row) => Number(value > (data.last[row] ?? 0))) };
const rows = { from: 0, to: 240 };
const profile = features.map(({ name }) =>
  name === "town"
    ? { name, dtype: "string" as const, count: 3, counts: { Leon: 1, Merida: 1, Oaxaca: 1 } }
    : { name, dtype: "float" as const, mean: 0.5 },
);

/** Returns whether the contributions of a row with present values are exact. */
function isExact(value: Fitted, transform: "difference" | "level"): boolean {
  const parts = { features, last: "season", transform, value, change: null, name: "n", producer: "test", metadata: {} };
  const read = readModel(writeModel(graphOf(parts)));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const inputs = features.map(({ name }) => name);
  const built = buildExplainer({ graph: read.value, inputs, output: predictionOutput, profile });
  if (!built.ok) throw new Error(built.error);
  return built.value.explain((name) => (name === "town" ? "Leon" : 1)).exact;
}

describe("contributions", () => {
  test.each(everyCandidate)("of $id are exact, except those of a product", ({ id, candidate, parameters }) => {
    const value = fitted(candidate, taskOf(data, rows, { parameters }));
    expect(isExact(value, "difference")).toBe(id !== "hurdle");
  });

  test.each(classifiers)("of %s are exact for a base rate, and shares for a calibrated probability", (id) => {
    const parameters = { alpha: 1 };
    const task = taskOf(events, rows, { task: "classification", transform: "level", parameters });
    const value = fitted(candidateNamed(id), { ...task, behind: "season" });
    expect(isExact(value, "level")).toBe(id === "base-rate" || id === "state-frequency");
  });

  test("of the other candidates have tests of their own, or are none: they are one feature", () => {
    const tested = [...everyCandidate.map(({ id }) => id), ...classifiers];
    const others = candidates.map(({ id }) => id).filter((id) => !tested.includes(id));
    expect(others.sort()).toEqual(["changes", "drift", "seasonal-growth"]);
    expect(isExact({ kind: "feature", feature: "gaps" }, "difference")).toBe(true);
  });
});
