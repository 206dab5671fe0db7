/** The published numbers of a row are a function of the model file's outputs, which a plain Python program reproduces. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DistributionForm } from "../../shared/distributions/form.ts";
import { quantileLevels } from "../../shared/distributions/summary.ts";
import { toUnits } from "../../shared/distributions/units.ts";
import { distributionsOfRows } from "../../shared/predict/distribution-of-row.ts";
import { probabilityAbove, summaryOf } from "../../shared/predict/row-summary.ts";
import golden from "../golden/row-distributions.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const cases = golden.cases.map((one) => {
  const {
    last,
    prediction,
    scale,
    changes = null,
    change_masses: masses = null,
  } = one.row as {
    readonly last: number;
    readonly prediction: number;
    readonly scale: number;
    readonly changes?: readonly number[];
    readonly change_masses?: readonly number[];
  };
  // As `toleranceOf`: half a unit.
  const least = 0.5 * 10 ** -one.decimals;
  const form = one.form as DistributionForm;
  const row = { last, prediction, changes, masses, periodsAhead: one.periodsAhead };
  const scaled = form.kind === "changes" ? 1 : Math.max(scale, least);
  return { ...one, form, row: { ...row, scale: scaled } };
});

test("every form, level and number of periods gives the distribution of the plain Python implementation", () => {
  expect(golden.levels).toEqual([...quantileLevels]);
  for (const { form, row, decimals, values, masses } of cases) {
    const made = distributionsOfRows(form, decimals)(row);
    if (!made.ok) throw new Error(made.error);
    expect([...made.value.values]).toEqual(values);
    masses.forEach((mass, at) => {
      expectClose(made.value.masses[at] ?? null, mass, { relative: 1e-9 });
    });
  }
});

test("median, mean, quantiles and probabilities are those of the plain Python implementation", () => {
  for (const { form, row, decimals, mean, quantiles, down, same, above } of cases) {
    const made = distributionsOfRows(form, decimals)(row);
    if (!made.ok) throw new Error(made.error);
    const summary = summaryOf(made.value, { last: toUnits(row.last, decimals), decimals, point: null });
    expect(summary.quantiles).toEqual(quantiles);
    expect(summary.median).toBe(quantiles[4]);
    const half = { relative: 0, absolute: 0.5 * 10 ** -(decimals + 4) + 1e-9 };
    expectClose(summary.mean, mean, half);
    expectClose(summary.probabilities?.down ?? null, down, { absolute: 1e-6 });
    expectClose(summary.probabilities?.same ?? null, same, { absolute: 2e-6 });
    for (const [value = 0, probability = 0] of above) {
      expectClose(probabilityAbove(summary, value, decimals), probability, { absolute: 1e-6 });
    }
  }
});

test("the Python of the documentation is the program that computed the reference numbers", () => {
  const script = readFileSync("test/golden/row-distributions.py", "utf8");
  const [, shared = ""] = /# --- docs\/ONNX\.md\n([\s\S]*?)# --- end/.exec(script) ?? [];
  expect(shared).toContain("def distribution(");
  expect(readFileSync("docs/ONNX.md", "utf8")).toContain(shared.trim());
});
