/** Which periods are scored, and by which publications. */
import { expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import { limitNew, planScores, type StoredPublication } from "../../shared/track-record/plan-scores.ts";

const periods = ["2026-11-16", "2026-11-18", "2026-11-20", "2026-11-23"];

function panelWith(values: readonly number[]): Panel {
  return { dimensions: ["place"], periods, series: [{ is: ["A"], values: Float64Array.from(values) }] };
}

function publicationOf(origin: string, more: Partial<StoredPublication> = {}): StoredPublication {
  return { forecast: "f", origin, role: "champion", revision: 1, counts: "headline", ...more };
}

const base = {
  forecast: { steps: [1, 2] },
  panel: panelWith([1, 2, 3, 4]),
  publications: [publicationOf("2026-11-16"), publicationOf("2026-11-20")],
  from: "2026-11-16",
  madeFrom: () => null,
};

test("a period is scored by the publications of the origins whose steps reach it, in periods of the history", () => {
  const plan = planScores(base).map(({ target, publications }) => [
    target,
    ...publications.map(({ origin, step }) => `${origin} +${step}`),
  ]);
  expect(plan).toEqual([
    ["2026-11-18", "2026-11-16 +1"],
    ["2026-11-20", "2026-11-16 +2"],
    ["2026-11-23", "2026-11-20 +1"],
  ]);
});

test("a scored period is scored again only if its values or its publications have changed", () => {
  const known = new Map(planScores(base).map(({ target, madeFrom }) => [target, madeFrom]));
  const state = { ...base, madeFrom: (target: string) => known.get(target) ?? null };
  const targetsOf = (more: Partial<typeof base>) => planScores({ ...state, ...more }).map(({ target }) => target);
  expect(targetsOf({})).toEqual([]);
  expect(targetsOf({ panel: panelWith([1, 2, 3.5, 4]) })).toEqual(["2026-11-20"]);
  const later = publicationOf("2026-11-18", { counts: "backfill" });
  expect(targetsOf({ publications: [...base.publications, later] })).toEqual(["2026-11-20", "2026-11-23"]);
  expect(targetsOf({ from: "2026-11-23", panel: panelWith([1, 2, 3.5, 5]) })).toEqual(["2026-11-23"]);
});

test("of many periods the oldest new ones are scored first, and periods that are scored again do not delay them", () => {
  const plan = planScores(base);
  const targetsWith = (scored: readonly string[], newMax: number) => {
    const madeFrom = (target: string) => (scored.includes(target) ? "other values" : null);
    return limitNew(plan, { madeFrom }, newMax).map(({ target }) => target);
  };
  expect(targetsWith([], 2)).toEqual(["2026-11-18", "2026-11-20"]);
  expect(targetsWith(["2026-11-18", "2026-11-20"], 1)).toEqual(["2026-11-18", "2026-11-20", "2026-11-23"]);
});
