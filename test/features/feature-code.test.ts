import { expect, test } from "vitest";
import { kindOf } from "../../shared/features/feature.ts";
import { kinds } from "../../shared/features/kinds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import eventGolden from "../golden/event-features.json" with { type: "json" };
import golden from "../golden/feature-code.json" with { type: "json" };
import forecastGolden from "../golden/forecast-features.json" with { type: "json" };
import { columnDigests } from "./column-digests.ts";
import { fixedEventFeatures, fixedEvents } from "./fixed-events.ts";
import { fixedDataset, fixedFeatures, forecastDataset } from "./fixed-panel.ts";
import { tableOf } from "./support.ts";

test.each([
  ["periods", golden, fixedFeatures, fixedDataset],
  ["events", eventGolden, fixedEventFeatures, fixedEvents],
] as const)("the numbers of a kind of %s do not change without a new version", (_, stored, features, datasetOf) => {
  const rows = tableOf(datasetOf());
  expect(stored.features).toEqual(features.map((feature) => [feature.name, kindOf(feature)]));
  expect(rows.length).toBe(stored.rows.length);
  rows.forEach(({ period, series, last, target, inputs }, row) => {
    const found = [period, series, last, target, ...features.map(({ name }) => inputs[name] ?? null)];
    // JSON has no NaN.
    const written = found.map((value) => (typeof value === "number" && Number.isNaN(value) ? null : value));
    expect(written, "if the change is intended, add a version of the kind").toEqual(stored.rows[row]);
  });
});

test("every version of every kind has stored numbers, and the versions of a kind are 1, 2, … without a gap", () => {
  const texts = kinds.map(({ name, version }) => `${name}@${version}`);
  const stored = [golden, eventGolden].flatMap(({ features }) => features.map(([, kind]) => kind));
  expect([...new Set(stored)].sort()).toEqual([...texts].sort());
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
