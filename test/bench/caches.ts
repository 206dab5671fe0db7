/** Measures what each cache and shortcut of predict saves per request, in Node, where a clock can measure microseconds. */

import { nameText } from "../../shared/predict/answer-json.ts";
import { compileModel, feedsOf, runFeeds, runProgram } from "../../shared/registry/onnx-engine.ts";
import { RouteMatcher } from "../../workers/predict/route-matcher.ts";
import { type Bench, medianOf, type Result } from "./bench.ts";
import { learnedModel } from "./support/learned-model.ts";

const rounds = 9;
const runs = 100_000;

/** The paths of predict, in the order of its routes. */
const paths = [
  "/health",
  "/predict/:forecast?",
  "/invocations/:forecast?",
  "/ping",
  "/version",
  "/v2",
  "/v2/models/:forecast",
];
const path = "/predict/milk-mx";
/** The members of an answer for one series. */
const members = [
  "series",
  "target_period",
  "predicted_price",
  "interval80",
  "interval95",
  "naive",
  "last",
  "hypothetical",
];

export async function run(): Promise<Bench> {
  const routes = paths.map((one) => ({ path: one }));
  const [cached, uncached] = [new RouteMatcher(routes), new RouteMatcher(routes, 0)];
  const { card, model } = await learnedModel();
  const compiled = compileModel(model);
  if (!compiled.ok) throw new Error(compiled.error.reason);
  const program = compiled.value;
  const inputs = Object.fromEntries(
    card.features.map(({ name, dtype }) => {
      const [value = null] = card.golden.inputs[name] ?? [];
      return [name, dtype === "float" ? Float32Array.of(Number(value ?? Number.NaN)) : [String(value ?? "")]];
    }),
  );
  const feeds = feedsOf(program, inputs);
  const found = { ok: true };
  const find = async () => found;
  const results = [
    ...(await saved(
      "matches by path",
      () => cached.match(path),
      () => uncached.match(path),
    )),
    ...(await saved(
      "JSON of member names",
      () => members.map(nameText),
      () => members.map((name) => `${JSON.stringify(name)}:`),
    )),
    ...(await saved(
      "inputs converted for the engine",
      () => runFeeds(program, feeds),
      () => runProgram(program, inputs),
    )),
    ...(await saved(
      "a fresh snapshot without a promise",
      async () => found,
      async () => await find().then((one) => one),
    )),
  ];
  return { name: "caches", results };
}

/** Returns the time with a cache, the time without it, and the difference, in microseconds. */
async function saved(what: string, withIt: () => unknown, without: () => unknown): Promise<Result[]> {
  const [fast, slow] = [await medianUs(withIt), await medianUs(without)];
  const result = (name: string, value: number): Result => ({
    what: `${what}: ${name}`,
    value,
    unit: "µs",
    limit: null,
  });
  return [result("with", fast), result("without", slow), result("saved", slow - fast)];
}

async function medianUs(work: () => unknown): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    for (let time = 0; time < runs; time++) {
      const result = work();
      if (result instanceof Promise) await result;
    }
    taken.push(((performance.now() - started) * 1_000) / runs);
  }
  return medianOf(taken);
}
