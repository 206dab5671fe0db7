import { expect, test } from "vitest";
import { averageParameters, membersOf } from "../../shared/candidates/average.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { smallForecast } from "../training/support.ts";

const ridge = { candidate: "ridge", parameters: { alpha: 10 } };
const boosting = { candidate: "gradient-boosting", parameters: { leavesMax: 7 } };
const smaller = { candidate: "gradient-boosting", parameters: { leavesMax: 5 } };

test("the order of the members does not change the recipe", () => {
  const idOf = (members: Parameters<typeof averageParameters>[0]) =>
    recipeOf(smallForecast, { candidate: "average", parameters: averageParameters(members) }).id;
  expect(idOf([ridge, boosting])).toBe(idOf([boosting, ridge]));
  expect(idOf([ridge, smaller])).not.toBe(idOf([ridge, boosting]));
  expect(membersOf({ candidate: "average", parameters: averageParameters([ridge, boosting]) })).toEqual([
    boosting,
    ridge,
  ]);
});
