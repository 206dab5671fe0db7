/** Versions and situations for tests of the gate: losses around a level, for each day from 2026-01-01. */
import type { Challenger, Incumbent, Situation } from "../../shared/registry/gate.ts";
import type { Look } from "../../shared/registry/look.ts";

export const rule = { periodsMin: 30, noun: "day" };
/** Returns the period of a day number. Periods ascend with it. */
export const period = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
/** Returns varying losses around a level. */
export const losses = (count: number, level: number) =>
  Array.from({ length: count }, (_, day) => level + ((day * 7) % 5) / 10 + (day % 3) / 20);

export interface Story {
  readonly periods?: number;
  readonly challenger: number;
  readonly naive: number;
  readonly incumbent?: number | null;
  readonly against?: string | null;
  readonly candidate?: string;
  readonly naiveCandidate?: string;
  readonly recipe?: string;
}

export function challengerOf(story: Story): Challenger {
  const {
    periods = 60,
    incumbent = null,
    against = null,
    candidate = "boosting",
    recipe = "bbbb",
    naiveCandidate: naive = "naive",
  } = story;
  // Reversed, so that the differences have a variance.
  const reversed = (level: number) => losses(periods, level).reverse();
  return {
    version: "new",
    lookKey: "run",
    recipe: { id: recipe, candidate },
    judged: {
      naive,
      incumbent: against,
      evidence: {
        periods: Array.from({ length: periods }, (_, day) => period(day)),
        rows: Array.from({ length: periods }, () => 10),
        horizon: 1,
        challenger: losses(periods, story.challenger),
        naive: reversed(story.naive),
        incumbent: incumbent === null ? null : reversed(incumbent),
      },
    },
  };
}

export const forest: Incumbent = { version: "old", recipe: "aaaa", candidate: "forest", publishedTo: period(19) };
export const naive: Incumbent = { ...forest, candidate: "naive" };
/** Returns the look of another training at the first `days` periods. */
export const lookTo = (days: number): Look => ({ key: "other", from: period(0), to: period(days), halvings: 0 });
export const situation = (
  incumbent: Incumbent | null,
  usedTo: number | null = null,
  dataChanged = false,
): Situation => ({
  incumbent,
  looks: usedTo === null ? [] : [lookTo(usedTo)],
  dataChanged,
});
/** Returns the look that the decision records. */
export const look = (from: number, to: number, halvings = 0) => ({
  key: "run",
  from: period(from),
  to: period(to),
  halvings,
});
