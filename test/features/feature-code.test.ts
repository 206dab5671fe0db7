import { expect, test } from "vitest";
import { featureCodeVersion } from "../../shared/features/compute.ts";
import { fingerprintOf } from "../../shared/features/fingerprint.ts";
import golden from "../golden/feature-code.json" with { type: "json" };
import { fixedDataset, fixedFeatures } from "./fixed-panel.ts";
import { tableOf } from "./support.ts";

test("no feature's number changes without a bump of featureCodeVersion", () => {
  expect(golden.featureCodeVersion, "run test/golden/feature-code.ts after a bump").toBe(featureCodeVersion);
  const rows = tableOf(fixedDataset());
  expect(golden.features).toEqual(fixedFeatures.map(({ name }) => name));
  expect(rows.length).toBe(golden.rows.length);
  rows.forEach(({ period, series, last, target, inputs }, row) => {
    const found = [period, series, last, target, ...fixedFeatures.map(({ name }) => inputs[name] ?? null)];
    // JSON has no NaN.
    const written = found.map((value) => (typeof value === "number" && Number.isNaN(value) ? null : value));
    expect(written, "bump featureCodeVersion if this is meant").toEqual(golden.rows[row]);
  });
});

test("a fingerprint changes with any part of a definition and with its order, not with how it was typed", () => {
  const [first = { name: "", kind: "lag", periods: 1 }, ...others] = fixedFeatures;
  const whole = fingerprintOf(fixedFeatures);
  expect(whole).toMatch(/^[0-9a-f]{16}$/);
  const turned = fixedFeatures.map((one) => Object.fromEntries(Object.entries(one).reverse()) as typeof one);
  expect(fingerprintOf(turned)).toBe(whole);
  const variants = [
    [...others, first],
    others,
    [{ ...first, name: "other" }, ...others],
    [{ ...first, periods: 7 }, ...others],
  ];
  const prints = variants.map((features) => fingerprintOf(features as typeof fixedFeatures));
  expect(new Set([whole, ...prints]).size).toBe(5);
});
