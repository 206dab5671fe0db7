import { expect, test } from "vitest";
import { kindOf } from "../../shared/features/feature.ts";
import { kinds } from "../../shared/features/kinds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import golden from "../golden/feature-code.json" with { type: "json" };
import forecastGolden from "../golden/forecast-features.json" with { type: "json" };
import { columnDigests } from "./column-digests.ts";
import { fixedDataset, fixedFeatures, forecastDataset } from "./fixed-panel.ts";
import { tableOf } from "./support.ts";

test("the numbers of a kind do not change without a new version", () => {
  const rows = tableOf(fixedDataset());
  expect(golden.features).toEqual(fixedFeatures.map((feature) => [feature.name, kindOf(feature)]));
  expect(rows.length).toBe(golden.rows.length);
  rows.forEach(({ period, series, last, target, inputs }, row) => {
    const found = [period, series, last, target, ...fixedFeatures.map(({ name }) => inputs[name] ?? null)];
    // JSON has no NaN.
    const written = found.map((value) => (typeof value === "number" && Number.isNaN(value) ? null : value));
    expect(written, "if the change is intended, add a version of the kind").toEqual(golden.rows[row]);
  });
});

test("every version of every kind has stored numbers, and the versions of a kind are 1, 2, … without a gap", () => {
  const texts = kinds.map(({ name, version }) => `${name}@${version}`);
  expect([...new Set(golden.features.map(([, kind]) => kind))].sort()).toEqual([...texts].sort());
  for (const name of new Set(kinds.map((kind) => kind.name))) {
    const versions = kinds.filter((kind) => kind.name === name).map(({ version }) => Number(version));
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  }
});

test.each(Object.entries(forecastGolden))(
  "every feature of %s has the stored numbers, on which its models were trained",
  (id, digests) => {
    const forecast = forecasts.find((one) => one.id === id);
    expect(forecast && columnDigests(forecastDataset(forecast))).toEqual(digests);
  },
);
