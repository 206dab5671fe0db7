import { expect, test } from "vitest";
import type { Feature } from "../../shared/features/feature.ts";
import {
  type Fingerprinted,
  fingerprintOf,
  fingerprintPattern,
  fingerprintsOf,
} from "../../shared/forecasts/fingerprint.ts";
import { findForecast } from "../../shared/forecasts/index.ts";
import { recipeIdsOf, recipeOf } from "../../shared/training/recipe.ts";
import { fixedFeatures } from "../features/fixed-panel.ts";

const reduce = { partsMin: 20, statistics: ["max", "mean"] } as const;
const declared: Fingerprinted = {
  features: fixedFeatures,
  sources: [{ feed: "hours", variables: ["ozone", "dust"], lag: 0, reduce }],
  events: [{ name: "bad", of: "ozone_max", above: 30 }],
  variable: "bad",
  dimensions: ["region", "product"],
  schedule: { every: "day", periods: "calendar" },
  target: { transform: "level", decimals: 1 },
};
const [first = { name: "", kind: "lag", periods: 1 }, ...others] = fixedFeatures;
const [source = { feed: "", variables: [], lag: 0 }] = declared.sources;
const changes: Record<string, Partial<Fingerprinted>> = {
  "the order of features": { features: [...others, first] },
  "one feature less": { features: others },
  "a feature's name": { features: [{ ...first, name: "other" }, ...others] },
  "an option": { features: [{ ...first, periods: 7 } as Feature, ...others] },
  "the version of a kind": {
    features: fixedFeatures.map((feature) =>
      feature.kind === "peers-change@1" ? { ...feature, kind: "peers-change@2" } : feature,
    ),
  },
  "the minimum number of parts": { sources: [{ ...source, reduce: { ...reduce, partsMin: 19 } }] },
  "the statistics of a reduction": { sources: [{ ...source, reduce: { ...reduce, statistics: ["max", "min"] } }] },
  "a source's lag": { sources: [{ ...source, lag: 1 }] },
  "a source's feed": { sources: [{ ...source, feed: "other" }] },
  "one more source": { sources: [source, { feed: "other", variables: ["rain"], lag: 1 }] },
  "an event's bound": { events: [{ name: "bad", of: "ozone_max", above: 31 }] },
  "the target variable": { variable: "ozone_max" },
  "the dimensions": { dimensions: ["product", "region"] },
  "whether unpublished periods exist": { schedule: { every: "day", periods: "published" } },
  "the tolerance of a change": { target: { transform: "level", decimals: 2 } },
};

test.each(Object.entries(changes))("a fingerprint changes with %s", (_, change) => {
  expect(fingerprintOf({ ...declared, ...change })).not.toBe(fingerprintOf(declared));
});

test("all of these changes give different fingerprints", () => {
  const prints = Object.values(changes).map((change) => fingerprintOf({ ...declared, ...change }));
  expect(new Set(prints).size).toBe(prints.length);
});

test("a fingerprint does not depend on the order of members, nor on members that do not change a value", () => {
  const turn = <T extends object>(object: T) => Object.fromEntries(Object.entries(object).reverse()) as T;
  const turned = { ...turn(declared), features: declared.features.map(turn), sources: declared.sources.map(turn) };
  const explicit = fixedFeatures.map((feature) =>
    feature.kind === "lag" ? { ...feature, kind: "lag@1" as const } : feature,
  );
  const retitled = { ...declared, title: "other", candidates: [] };
  for (const same of [turned, { ...declared, features: explicit }, retitled]) {
    expect(fingerprintsOf(same)).toEqual(fingerprintsOf(declared));
  }
  for (const print of fingerprintsOf(declared)) expect(print).toMatch(fingerprintPattern);
});

/** The fingerprints and recipes that release 0.1.0 registered. Its models must stay valid. */
const registeredBefore: Record<string, { readonly fingerprint: string; readonly ridge: string }> = {
  "milk-mx": { fingerprint: "49863c0e2772c0d7", ridge: "5094ad4acac44e5b" },
  gold: { fingerprint: "7c113d682ffb679a", ridge: "b58f47a293b36850" },
  sickness: { fingerprint: "9123be6287ffcf83", ridge: "80e3f196b6157cdf" },
};

/** Features that were added after release 0.1.0. A model without them is served with the declaration of its training. */
const added = /^(bajas|alzas|iguales|cambio_mismo_dia|(baja|alza)_\d|EUR_ewma)$/;

test.each(Object.entries(registeredBefore))(
  "models and recipes of %s that were registered with the first rule stay valid",
  (id, before) => {
    const declared = findForecast(id);
    if (!declared) throw new Error(`${id} is not in the catalogue`);
    const forecast = { ...declared, features: declared.features.filter(({ name }) => !added.test(name)) };
    const ridge = { candidate: "ridge", parameters: { lambda: 1 } };
    expect(fingerprintsOf(forecast)).toEqual([fingerprintOf(forecast), before.fingerprint]);
    expect(recipeIdsOf(forecast, ridge)).toEqual([recipeOf(forecast, ridge).id, before.ridge]);
    expect(fingerprintOf(forecast)).toMatch(/^2-/);
  },
);
