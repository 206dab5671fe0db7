/** A published model gives the trained predictions in every engine. Otherwise it is not published. */
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { nextFloat32 } from "../../shared/models/float32.ts";
import { cardShape } from "../../shared/registry/card.ts";
import { type InputColumn, runGolden } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import {
  forecastOf,
  published,
  publishing,
  recipes,
  restlessDataset,
  type Story,
  sources,
  transforms,
} from "./publishing.ts";

const difference = forecastOf("difference");
const data = restlessDataset(difference);
const named = (name: string) => recipes.find((recipe) => recipe.name === name) ?? { candidate: name, parameters: {} };

describe.each(transforms)("fitted as %s", (transform) => {
  const forecast = forecastOf(transform);
  const isHurdleOnLevel = (candidate: string) => candidate === "hurdle" && transform === "level";
  const cases = recipes
    .filter(({ candidate }) => !isHurdleOnLevel(candidate))
    .flatMap((recipe) => sources.map((source) => ({ name: recipe.name, recipe, source })));

  test.each(cases)(
    "$name with a change $source: card, golden rows and both engines agree",
    async ({ recipe, source }) => {
      const { model, card, rows } = await published({ forecast, data, recipe, source });
      expect(cardShape.parse(JSON.parse(JSON.stringify(card)))).toEqual(card);
      expect(card.model).toMatchObject({ sha256: sha256Hex(model), bytes: model.length });
      expect(card.judged.change?.source).toBe(source);
      expect(runGolden(model, card, evaluateOnnx)).toMatchObject({ ok: true });
      const reference = await runReference(model, rows.inputs);
      expect(Object.keys(reference).sort()).toEqual(["change_probability", "prediction"]);
      expect(reference).toEqual(rows.outputs);
      const ours = evaluateOnnx(model, rows.inputs as Readonly<Record<string, InputColumn>>);
      if (!ours.ok) throw new Error(ours.error.reason);
      for (const [name, values] of Object.entries(reference)) {
        const isExact = recipe.isTrees && transform !== "log-difference" && name === "prediction";
        const misses = values.map((value, row) => Math.abs(value - (ours.value[name]?.[row] ?? Number.NaN)) / value);
        expect(Math.max(...misses), name).toBeLessThanOrEqual(isExact ? 0 : 1e-6);
      }
    },
  );
});

test("a hurdle on levels is refused with the reason", async () => {
  const result = await publishing({ forecast: forecastOf("level"), data, recipe: named("hurdle") });
  expect(result).toMatchObject({
    ok: false,
    error: { reason: "no-fit", problems: [expect.stringContaining("level")] },
  });
});

test("a forecast without a change model has a file with one output", async () => {
  const forecast = { ...difference, change: null };
  const { card, rows } = await published({ forecast, data, recipe: named("gradient-boosting") });
  expect(Object.keys(rows.outputs)).toEqual(["prediction"]);
  expect(card).toMatchObject({ unchangedShare: null, judged: { change: null } });
});

test("the same data, recipe and seed give the same bytes and version, and another seed or recipe gives others", async () => {
  const story = { forecast: difference, data, recipe: named("random-forest"), source: "model" as const };
  const [first, again] = [await published(story), await published(story)];
  expect(again.model).toEqual(first.model);
  expect(again.card).toEqual(first.card);
  const seeded = await published({ ...story, seed: 2 });
  const other = await published({ ...story, recipe: { candidate: "random-forest", parameters: { trees: 7 } } });
  const calm = await published({ ...story, source: "frequency" });
  const validation = { ...difference.validation, folds: 3 };
  const judgedOtherwise = await published({ ...story, forecast: { ...difference, validation } });
  const versions = [first, seeded, other, calm, judgedOtherwise].map(({ card }) => card.version);
  expect(new Set(versions).size).toBe(5);
  expect(versions[0]).toMatch(/^20260331-[0-9a-f]{8}$/);
});

test("the metadata of the file has forecast, version, fingerprint and producer", async () => {
  const { model, card } = await published({ forecast: difference, data, recipe: named("naive"), source: "frequency" });
  const read = fromBinary(ModelProtoSchema, model);
  expect(read.producerName).toBe("almanac");
  expect(Object.fromEntries(read.metadataProps.map(({ key, value }) => [key, value]))).toEqual({
    forecast: "small",
    version: card.version,
    fingerprint: fingerprintOf(difference),
    producer: "almanac",
  });
});

test("a baseline reads only what its answers need, every other model reads all features", async () => {
  const forecast: Forecast = {
    ...difference,
    csv: [{ column: "season", is: { kind: "feature", name: "season" } }],
  };
  const inputsOf = async (name: string, changes: Partial<Story> = {}) => {
    const { model } = await published({ forecast, data, recipe: named(name), source: "model", ...changes });
    return fromBinary(ModelProtoSchema, model).graph?.input.map((input) => input.name);
  };
  const all = forecast.features.map(({ name }) => name);
  expect(await inputsOf("ridge")).toEqual(all);
  // The model of changes reads all features, so a fallback uses the frequency of changes.
  expect(await inputsOf("naive")).toEqual(all);
  expect(await inputsOf("naive", { isFallback: true })).toEqual(["last", "season", "frequency"]);
});

/** Returns the reference runtime with one changed number of one output. */
const wrongBy =
  (change: (value: number) => number, output = "prediction"): RunModel =>
  async (model, inputs) => {
    const outputs = await runReference(model, inputs);
    const values = outputs[output] ?? new Float32Array();
    values[5] = change(values[5] ?? Number.NaN);
    return { ...outputs, [output]: values };
  };

const ulp = (value: number) => nextFloat32(value, 1);
const twoMillionths = (value: number) => value * (1 + 2e-6);

test.each([
  { what: "a tree model off by one unit in the last place", recipe: "gradient-boosting", run: wrongBy(ulp) },
  { what: "a baseline off by one unit in the last place", recipe: "naive", run: wrongBy(ulp) },
  { what: "a linear model off by two millionths", recipe: "ridge", run: wrongBy(twoMillionths) },
  { what: "an answer without a number", recipe: "ridge", run: wrongBy(() => Number.NaN) },
  { what: "a chance off by two millionths", recipe: "naive", run: wrongBy(twoMillionths, "change_probability") },
])("$what is not published, and the row is reported", async ({ recipe, run }) => {
  const story = { forecast: difference, data, recipe: named(recipe), source: "model" as const };
  const problem = expect.stringMatching(/row 5: the runtime gives .+, training gave .+/);
  expect(await publishing(story, run)).toEqual({ ok: false, error: { reason: "disagreement", problems: [problem] } });
});

test("a runtime without the output is a disagreement", async () => {
  const run: RunModel = async () => ({});
  const result = await publishing({ forecast: difference, data, recipe: named("naive"), source: "frequency" }, run);
  const problem = expect.stringContaining("found 0 numbers");
  expect(result).toMatchObject({ ok: false, error: { reason: "disagreement", problems: [problem, problem] } });
});

test("with a logarithmic target, one unit in the last place is accepted, because exponentials differ between engines", async () => {
  for (const name of ["gradient-boosting", "average of trees"]) {
    const story = { forecast: forecastOf("log-difference"), data, recipe: named(name), source: "frequency" as const };
    expect(await publishing(story, wrongBy(ulp))).toMatchObject({
      ok: true,
      value: { card: { golden: { tolerance: 1e-6 } } },
    });
  }
});

test("a linear model within a millionth is published", async () => {
  const run = wrongBy((value) => value * (1 + 5e-7));
  expect(await publishing({ forecast: difference, data, recipe: named("ridge"), source: "model" }, run)).toMatchObject({
    ok: true,
  });
});

test("a model above the size limits is refused with the numbers and what to change, and is not run", async () => {
  const parameters = { trees: 1_500, leafRowsMin: 1, leavesMax: 128, depthMax: 12 };
  const recipe = { candidate: "random-forest", parameters };
  const run: RunModel = () => Promise.reject(new Error("it was run"));
  const result = await publishing({ forecast: difference, data, recipe }, run);
  expect(result).toMatchObject({ ok: false, error: { reason: "too-large" } });
  expect(result.ok ? [] : result.error.problems).toContainEqual(
    expect.stringMatching(/^The trees have [\d,]+ nodes, and the limit is 100,000\. Lower `trees`/),
  );
});

test("feature names may contain accents, dots and spaces, and may equal names inside the graph", async () => {
  const renamed: Record<string, string> = {
    region: "Región del año",
    last: "Precio.último €/l",
    change: ".trees",
    change5: "trees",
    deviation: ".one",
    frequency: ".odds_against",
  };
  const features = difference.features.map((feature) => ({ ...feature, name: renamed[feature.name] ?? feature.name }));
  const change = { frequency: renamed.frequency ?? "", space: {}, trials: 1 };
  const forecast = { ...difference, features, change };
  for (const recipe of [named("hurdle"), named("average of lines and trees"), named("seasonal-naive")]) {
    const { model, card } = await published({ forecast, data: restlessDataset(forecast), recipe, source: "model" });
    expect(Object.keys(card.golden.inputs)).toEqual(features.map(({ name }) => name));
    expect(runGolden(model, card, evaluateOnnx)).toMatchObject({ ok: true });
  }
});

test("a feature with the name of an output is refused with its name", async () => {
  const features = difference.features.map((feature) =>
    feature.name === "change" ? { ...feature, name: "prediction" } : feature,
  );
  const forecast = { ...difference, features };
  const publish = publishing({ forecast, data: restlessDataset(forecast), recipe: named("ridge") });
  await expect(publish).rejects.toThrow("feature prediction has the name of an output");
});
