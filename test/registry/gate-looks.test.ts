/** Decisions of the gate that depend on the look of a training. */
import { expect, test } from "vitest";
import { decide } from "../../shared/registry/gate.ts";
import { challengerOf, forest, naive, period, rule, situation } from "../support/gate-story.ts";

test("a version is decided again on the look of its own training, with the same periods and level", () => {
  const story = challengerOf({ challenger: 1, naive: 2 });
  const own = { key: "run", from: period(10), to: period(49), halvings: 2 };
  const later = { key: "later", from: period(0), to: period(59), halvings: 0 };
  expect(decide(story, { incumbent: null, looks: [own, later], dataChanged: false }, rule)).toMatchObject({
    kind: "promote",
    periods: 40,
    look: own,
  });
});

test("every version of a training records its look, also a baseline and a refresh", () => {
  const made = { from: period(0), to: period(59), halvings: 1 };
  const baseline = challengerOf({ challenger: 2, naive: 2, candidate: "naive" });
  const refreshed = challengerOf({ challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "aaaa" });
  for (const [version, incumbent] of [
    [baseline, null],
    [baseline, naive],
    [refreshed, forest],
    [challengerOf({ challenger: 1, naive: 2, against: "older" }), forest],
  ] as const) {
    const judged = { ...version.judged, look: made };
    expect(decide({ ...version, judged }, situation(incumbent), rule).look).toEqual({ key: "run", ...made });
  }
});

test("p is corrected for all contenders of the look", () => {
  const story = challengerOf({ challenger: 1.85, naive: 2 });
  const { evidence } = story.judged;
  const entry = (recipe: string, losses: readonly number[]) => ({
    name: recipe,
    candidate: recipe,
    recipe,
    aheadBy: "error" as const,
    losses: [...losses],
  });
  const others = Array.from({ length: 9 }, (_, number) =>
    entry(
      `other ${number}`,
      evidence.naive.map((loss, day) => loss + ((day * (number + 3)) % 11) / 10 - 0.5),
    ),
  );
  const field = [...others, entry("bbbb", evidence.challenger)];
  const alone = decide(story, situation(null), rule);
  const together = decide({ ...story, judged: { ...story.judged, field } }, situation(null), rule);
  expect(together.pNaive).toBeGreaterThan(alone.pNaive ?? 1);
  expect(together.reason).toContain("p is corrected for the 10 contenders that were tested.");
});
