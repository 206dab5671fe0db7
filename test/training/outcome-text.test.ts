/** The reason of an outcome makes no claim that its tests contradict. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Contender, FieldEntry } from "../../shared/registry/card.ts";
import { type Look, lookRuleOf, planLook } from "../../shared/registry/look.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { outcomeOf } from "../../shared/training/verdict.ts";
import { smallForecast } from "./support.ts";

const periodsCount = 40;
const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
const periods = Array.from({ length: periodsCount }, (_, index) => day(index));
const span = { from: periods[0] ?? "", to: periods.at(-1) ?? "", periods: periodsCount, rows: periodsCount };
const learned = ["ridge", "gradient-boosting", "random-forest", "average"];

interface Drawn {
  /** Mean advantage over the baseline on the test window, and whether each contender is ahead on validation. */
  readonly advantages: readonly number[];
  readonly ahead: readonly (FieldEntry["aheadBy"] | "behind")[];
  readonly noise: readonly number[];
  /** Place of the champion among the contenders; -1: the baseline; null: none. */
  readonly champion: number | null;
  readonly lookTo: number | null;
  readonly dataChanged: boolean;
}

const four = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 4, maxLength: 4 });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  advantages: four(fc.constantFrom(-0.5, 0, 0.1, 0.2, 0.4, 1)),
  ahead: fc.oneof(
    { weight: 4, arbitrary: four(fc.constantFrom<Drawn["ahead"][number]>("error", "error", "median", "behind")) },
    { weight: 1, arbitrary: fc.constant<Drawn["ahead"]>(["behind", "behind", "behind", "behind"]) },
  ),
  noise: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: periodsCount, maxLength: periodsCount }),
  champion: fc.constantFrom(null, -1, 0, 1, 2, 3),
  lookTo: fc.constantFrom(null, 5, 30),
  dataChanged: fc.boolean(),
});

const naive: RecipeChoice = { candidate: "naive", parameters: {} };
const idOf = (recipe: RecipeChoice) => recipeOf(smallForecast, recipe).id;

/** Returns a judgement with these contenders, and its situation. */
function storyOf({ advantages, ahead, noise, champion, lookTo, dataChanged }: Drawn) {
  const naiveLosses = periods.map(() => 2);
  const losses = advantages.map((advantage, number) =>
    naiveLosses.map(
      (loss, at) => loss - advantage + (noise[(at * (number + 1)) % periodsCount] ?? 0) * (number + 1) * 0.2,
    ),
  );
  const recipes = learned.map((candidate): RecipeChoice => ({ candidate, parameters: {} }));
  const place = { error: 0, median: 2, behind: 3 };
  const validationRmse = ahead.map((how, number) => 1 + place[how] + number / 10);
  const order = [0, 1, 2, 3].sort((a, b) => (validationRmse[a] ?? 0) - (validationRmse[b] ?? 0));
  const isBehind = champion !== null && champion >= 0 && ahead[champion] !== "error";
  const baseline: FieldEntry = {
    name: "naive",
    candidate: "naive",
    recipe: idOf(naive),
    aheadBy: "error",
    losses: naiveLosses,
  };
  const others = order.flatMap((number): FieldEntry[] => {
    const how = ahead[number] ?? "behind";
    const candidate = learned[number] ?? "";
    const recipe = idOf(recipes[number] ?? naive);
    if (how === "behind" || number === champion) return [];
    return [{ name: candidate, candidate, recipe, aheadBy: how, losses: losses[number] ?? [] }];
  });
  // The baseline has its place among those by error: after them, before those only by the median period.
  const byError = others.filter(({ aheadBy }) => aheadBy === "error");
  const field = isBehind ? [...byError, baseline, ...others.slice(byError.length)] : others;
  const line = (recipe: RecipeChoice, error: number, own: readonly number[]): Contender => ({
    name: recipe.candidate,
    candidate: recipe.candidate,
    recipe: idOf(recipe),
    validationRmse: error,
    validationMedian: error,
    rmse: Math.sqrt(own.reduce((sum, loss) => sum + loss, 0) / periodsCount),
    mae: 1,
    skill: null,
    pValue: null,
    gateP: null,
    coverage80: null,
    coverage95: null,
    seconds: 0,
    note: null,
    classification: null,
    distribution: null,
  });
  const served = champion === null ? null : champion < 0 ? naiveLosses : (losses[champion] ?? naiveLosses);
  const evidenceOf = (own: readonly number[]) => ({
    periods,
    rows: periods.map(() => 1),
    horizon: 1,
    challenger: [...own],
    naive: naiveLosses,
    incumbent: served && [...served],
  });
  const all = [naive, ...recipes];
  const lossesOf = (choice: RecipeChoice) => losses[learned.indexOf(choice.candidate)] ?? naiveLosses;
  const best = order.find((number) => ahead[number] === "error");
  const judgement: Judgement = {
    validation: span,
    test: span,
    contenders: [
      line(naive, 2.5, naiveLosses),
      ...recipes.map((recipe, number) => line(recipe, validationRmse[number] ?? 0, lossesOf(recipe))),
    ],
    chosen: best === undefined ? naive : (recipes[best] ?? naive),
    naive,
    incumbent: champion === null ? null : "v1",
    change: null,
    field,
    evidence: evidenceOf(naiveLosses),
    choiceOf: (id) => all.find((recipe) => idOf(recipe) === id) ?? null,
    evidenceFor: (choice) => evidenceOf(lossesOf(choice)),
    missesFor: () => null,
    classesFor: () => null,
    formFor: () => null,
    changeFor: () => null,
    groupsFor: () => [],
  };
  const servedRecipe = champion === null || champion < 0 ? naive : (recipes[champion] ?? naive);
  const { candidate } = servedRecipe;
  const incumbent =
    champion === null ? null : { version: "v1", recipe: idOf(servedRecipe), candidate, publishedTo: day(20) };
  const looks: Look[] = lookTo === null ? [] : [{ key: "earlier", from: day(0), to: day(lookTo), halvings: 0 }];
  return { judgement, situation: { incumbent, looks, dataChanged } };
}

const numberIn = (text: string, pattern: RegExp) => {
  const [, found] = pattern.exec(text) ?? [];
  return found === undefined ? null : Number(found);
};

test("every claim of a reason agrees with the tests, for any decision", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(drawn, (story) => {
      const { judgement, situation } = storyOf(story);
      const outcome = outcomeOf(smallForecast, judgement, situation);
      const { reason, tests, verdict, champion, contenders } = outcome;
      const plan = planLook(periods, situation, lookRuleOf(smallForecast));
      const level = plan.kind === "look" ? plan.level : 0;
      const passing = tests.filter(({ p }) => p < level);
      const field = judgement.field.filter(({ candidate }) => candidate !== "naive");

      // Which model serves.
      const [, subject = ""] = /^(.+?) (?:serves|stays)\b/.exec(reason) ?? [];
      const expected =
        verdict.kind !== "promote" && situation.incumbent && situation.incumbent.candidate !== "naive"
          ? "The champion v1"
          : verdict.rule === "naive" || verdict.kind !== "promote"
            ? "The baseline"
            : champion;
      expect(subject).toBe(expected);
      // The first on validation that passes is promoted, and no other.
      expect(outcome.recipe.candidate === passing[0]?.candidate || passing.length === 0).toBe(true);
      if (passing.length > 0) expect(verdict.kind).toBe("promote");
      // The table has the p of exactly the tested contenders.
      for (const line of contenders) {
        expect(line.gateP).toBe(tests.find(({ recipe }) => recipe === line.recipe)?.p ?? null);
      }
      // How many were better on validation.
      const counted = numberIn(reason, /(\d+) other contenders? (?:was|were) better/);
      if (counted !== null) expect(counted).toBe(field.length);
      if (/no other contender was better/i.test(reason)) expect(field.length).toBe(0);
      const medians = numberIn(reason, /\((\d+) of them only in the median period\)/);
      if (medians !== null) expect(medians).toBe(field.filter(({ aheadBy }) => aheadBy === "median").length);
      // What the tests found.
      if (reason.includes("none beat")) {
        expect(tests.length).toBeGreaterThan(0);
        expect(passing).toEqual([]);
        expect(numberIn(reason, /p must be below (\d\.\d+)/)).toBe(level);
      }
      if (/ not tested\./.test(reason)) expect([tests.length, plan.kind]).toEqual([0, "none"]);
      if (/serves: it beat/.test(reason)) expect(tests.find(({ name }) => name === champion)?.p).toBeLessThan(level);
      if (reason.includes("earlier test used the same")) expect(plan).toMatchObject({ halvings: 1 });
      seen.add(reason.replaceAll(/[\d.-]+/g, "#").slice(0, 60));
    }),
    { numRuns: 120, seed: 4 },
  );
  // The draws contain every kind of decision.
  const starts = [...seen].join("\n");
  for (const start of [
    "The baseline serves: no other",
    "The baseline serves: # other contender",
    "The baseline stays: # other contender",
    "The champion v# stays:",
    "ridge serves: it beat",
    "ridge stays the champion",
  ]) {
    expect(starts).toContain(start);
  }
});
