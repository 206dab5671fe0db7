/** The sentence of every state of a forecast, as people read it in `start`, `models`, `/health` and the answers. */
import { expect, test } from "vitest";
import { describeOverdue } from "../../shared/forecasts/overdue.ts";
import {
  type DecisionNumbers,
  describeAnswers,
  describeLoadFailure,
  describeServing,
  runsAgain,
  type ServingFacts,
} from "../../shared/registry/serving-text.ts";

const rule = { periodsMin: 30, noun: "publication" };
const numbers = (more: Partial<DecisionNumbers> = {}): DecisionNumbers => ({
  periods: 47,
  pNaive: 0.002,
  pIncumbent: null,
  ahead: 4,
  tested: 4,
  ...more,
});
const first: ServingFacts = {
  version: "20260103-1a2b3c4d",
  candidate: "average",
  producer: "almanac 0.1.0",
  publishedTo: "2026-01-02",
  since: "2026-01-03T18:00:00.000Z",
  rule: "first",
  who: "trainer",
  why: "the first start",
  decision: numbers(),
  refused: null,
};
const learned =
  "Another model replaces it if it beats it and the baseline over at least 30 publications that no test has used.";
const baseline: ServingFacts = { ...first, candidate: "naive", rule: "naive", decision: numbers({ pNaive: null }) };
const better = "Another model replaces it if it beats it over at least 30 publications that no test has used.";
const refused = { kind: "hold", rule: "replacement", candidate: "ridge", reason: "", ...numbers() } as const;

test.each<[string, Partial<ServingFacts>, string]>([
  [
    "a first model",
    first,
    `The model "average" has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). ${learned}`,
  ],
  [
    "a baseline, because no model was better on validation",
    { ...baseline, decision: numbers({ ahead: 0, tested: 0, pNaive: null }) },
    `The baseline has served since 3 January 2026: no model was better on validation. ${better}`,
  ],
  [
    "a baseline, because no model passed the test",
    { ...baseline, candidate: "base-rate" },
    `The baseline (base-rate) has served since 3 January 2026: 4 models were better on validation, none beyond chance on the test window (47 publications). ${better}`,
  ],
  [
    "a baseline, because the only model did not pass",
    { ...baseline, decision: numbers({ ahead: 1, tested: 1 }) },
    `The baseline has served since 3 January 2026: 1 model was better on validation, but not beyond chance on the test window (47 publications). ${better}`,
  ],
  [
    "a baseline, because there are too few periods for a test",
    { ...baseline, decision: numbers({ tested: 0, periods: 12 }) },
    `The baseline has served since 3 January 2026: 4 models were better on validation, but a test needs 30 publications that no test has used, and there are 12. ${better}`,
  ],
  [
    "a baseline, because the test window has one class",
    { ...baseline, decision: numbers({ tested: 0, periods: 40 }) },
    `The baseline has served since 3 January 2026: 4 models were better on validation, but none was tested, because an earlier test used the test window or it contains one class. ${better}`,
  ],
  [
    "a baseline that an earlier version of the code promoted",
    { ...baseline, decision: numbers({ ahead: null, tested: null }) },
    `The baseline has served since 3 January 2026: no model has replaced it. ${better}`,
  ],
  [
    "a model that replaced another",
    { rule: "replacement", decision: numbers({ pIncumbent: 0.0001 }) },
    `The model "average" has served since 3 January 2026: it beat the baseline and the champion before it over 47 publications (p = 0.00200). ${learned}`,
  ],
  [
    "a model that replaced one that could not run",
    { rule: "replacement" },
    `The model "average" has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). ${learned}`,
  ],
  [
    "a baseline that replaced a model",
    { rule: "replacement", candidate: "naive", decision: numbers({ pNaive: null, pIncumbent: 0.0001 }) },
    `The baseline has served since 3 January 2026: it beat the champion before it over 47 publications (p < 0.001). ${better}`,
  ],
  [
    "a refresh",
    { rule: "refresh" },
    `The model "average" has served since 3 January 2026: it is the model of the champion before it, fitted to newer data (to 2026-01-02), and not worse beyond chance. ${learned}`,
  ],
  [
    "a model whose challenger was held for too few periods",
    {
      refused: {
        ...refused,
        reason:
          "Another recipe is tested on at least 30 publications that no earlier test has used; the test window has 12 of 47.",
      },
    },
    `The model "average" has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). The newest model, ridge, was not tested. Another recipe is tested on at least 30 publications that no earlier test has used; the test window has 12 of 47.`,
  ],
  [
    "a model whose challenger did not pass",
    { refused: { ...refused, kind: "reject", pIncumbent: 0.3 } },
    `The model "average" has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). The newest model, ridge, did not beat it and the baseline beyond chance over 47 publications (p = 0.30). ${learned}`,
  ],
  [
    "a model whose refresh was worse",
    { refused: { ...refused, kind: "reject", rule: "refresh" } },
    `The model "average" has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). The same model on newer data was worse beyond chance, so it stays. ${learned}`,
  ],
  [
    "a version that a person rolled back to",
    { rule: "rollback", who: "Ana", why: "it misses the new channel", decision: null },
    `The model "average" has served since 3 January 2026: Ana rolled back to it ("it misses the new channel"). ${learned}`,
  ],
  [
    "a version that a person forced",
    { rule: "person", who: "Ana", why: "the test window had a strike" },
    `The model "average" has served since 3 January 2026: Ana promoted it without the test ("the test window had a strike"). ${learned}`,
  ],
  [
    "a fallback, because the build lacks a kind",
    {
      ...baseline,
      rule: "fallback",
      who: "hub",
      why: "v2 cannot run: This code cannot compute a feature of the model. Found weighted, expected a kind that this code has.",
      decision: null,
    },
    "The baseline has served since 3 January 2026 as a fallback. v2 cannot run: This code cannot compute a feature of the model. Found weighted, expected a kind that this code has. The version before it serves again when it can run.",
  ],
  [
    "a version that serves again after a fallback",
    { rule: "fallback", who: "hub", why: runsAgain(first.version), decision: null },
    `The model "average" has served since 3 January 2026 again: it can run again. ${learned}`,
  ],
  [
    "an imported model",
    { version: "imported-1a2b", candidate: "imported", producer: "scikit-learn" },
    `The model imported-1a2b, imported from scikit-learn, has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). ${learned}`,
  ],
])("%s", (_, facts, sentence) => {
  expect(describeServing({ ...first, ...facts }, rule)).toBe(sentence);
});

test("a champion that predict cannot load", () => {
  const failure = { champion: "v2", reason: "R2 has no models/gold/v2/model.onnx" };
  expect(describeLoadFailure({ ...failure, served: "v1" })).toBe(
    "v2 cannot be loaded, so v1 serves until it can: R2 has no models/gold/v2/model.onnx.",
  );
  expect(describeLoadFailure({ ...failure, served: null })).toBe(
    "v2 cannot be loaded, so nothing can be answered until it can: R2 has no models/gold/v2/model.onnx.",
  );
});

test("data that ended long ago by the calendar", () => {
  const stale_reason = describeOverdue({ last: "2026-01-02", due: "2026-01-09" });
  const model = { version: "v1", decision: describeServing(first, rule) };
  expect(describeAnswers({ model })).toBe(model.decision);
  expect(describeAnswers({ model, stale_reason })).toBe(
    `${model.decision} The data ends with 2026-01-02. A newer value was due by 2026-01-09.`,
  );
  expect(describeAnswers({ model: { version: "v1" } })).toBe("v1 serves.");
});
