/** docs/GATE.md and the gate agree: every row of its table is a decision of the gate or of the hub, and every decision is in one row. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { addDays } from "../../shared/lib/calendar.ts";
import { type Challenger, decide, decidedByPerson, type Situation } from "../../shared/registry/gate.ts";
import { promotionLevel } from "../../shared/registry/look.ts";
import { championRules } from "../../shared/registry/states.ts";
import { type Decided, lookMistake, passes, requiredLook, rowOf, situations } from "../support/decision-table.ts";

const page = readFileSync("docs/GATE.md", "utf8").split("## Decisions")[1]?.split("\n## ")[0] ?? "";
const table = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const [header, , ...lines] = table;

const days = Array.from({ length: 60 }, (_, at) => addDays("2026-01-01", at));
const losses = (level: number) => days.map((_, day) => level + ((day * 7) % 5) / 10);
const against = (level: number) => losses(level).reverse();

interface Story {
  readonly challenger?: number;
  readonly incumbent?: number | null;
  readonly judgedAgainst?: string | null;
  readonly candidate?: string;
  readonly recipe?: string;
  readonly auc?: number | null;
}

function challengerOf(story: Story): Challenger {
  const { challenger = 1, incumbent = null, judgedAgainst = null, candidate = "ridge", recipe = "bbbb" } = story;
  const classification = story.auc === undefined ? null : { auc: story.auc };
  return {
    version: "new",
    lookKey: "run",
    recipe: { id: recipe, candidate },
    judged: {
      naive: "naive",
      incumbent: judgedAgainst,
      evidence: {
        periods: days,
        rows: days.map(() => 10),
        horizon: 1,
        challenger: losses(challenger),
        naive: against(2),
        incumbent: incumbent === null ? null : against(incumbent),
      },
      contenders: JSON.parse(JSON.stringify([{ recipe, candidate, classification }])),
    },
  };
}

const champion = { version: "old", recipe: "aaaa", candidate: "forest", publishedTo: days[19] ?? "" };
const at = (used: boolean, more: Partial<Situation> = {}): Situation => ({
  incumbent: null,
  looks: used ? [{ key: "other", from: days[0] ?? "", to: days[59] ?? "", halvings: 0 }] : [],
  dataChanged: false,
  ...more,
});
const beside = { judgedAgainst: "old", incumbent: 2 };

function decided(story: Story, situation: Situation): Decided {
  const { kind, rule, pNaive, pIncumbent, look, reason } = decide(challengerOf(story), situation, {
    periodsMin: 30,
    noun: "day",
  });
  const halvings = look?.halvings ?? null;
  return { kind, rule, pNaive, pIncumbent, halvings, reason, champion: situation.incumbent?.version ?? null };
}

/** Decisions of the gate by the row that they belong to, with their kind. */
const decisions: readonly (readonly [row: string, kind: Decided["kind"], decision: Decided])[] = [
  ["no champion; at least `periodsMin` unused test periods", "promote", decided({}, at(false))],
  ["no champion; at least `periodsMin` unused test periods", "reject", decided({ challenger: 2 }, at(false))],
  [
    "a champion; at least `periodsMin` unused test periods",
    "promote",
    decided(beside, at(false, { incumbent: champion })),
  ],
  [
    "a champion; at least `periodsMin` unused test periods",
    "reject",
    decided({ ...beside, challenger: 2 }, at(false, { incumbent: champion })),
  ],
  [
    "fewer unused periods; the publisher corrected data that the newest look read",
    "promote",
    decided({}, at(true, { dataChanged: true })),
  ],
  [
    "fewer unused periods; the publisher corrected data that the newest look read",
    "reject",
    decided({ ...beside, challenger: 2 }, at(true, { dataChanged: true, incumbent: champion })),
  ],
  ["fewer unused periods; other data, seed or declaration", "hold", decided({}, at(true))],
  ["fewer unused periods; other data, seed or declaration", "hold", decided(beside, at(true, { incumbent: champion }))],
  [
    "the champion's own recipe on newer data (*refresh*)",
    "promote",
    decided({ ...beside, recipe: "aaaa" }, at(true, { incumbent: champion })),
  ],
  [
    "the champion's own recipe on newer data (*refresh*)",
    "reject",
    decided({ ...beside, recipe: "aaaa", challenger: 3 }, at(true, { incumbent: champion })),
  ],
  ["the baseline, where no learned model serves", "promote", decided({ candidate: "naive" }, at(true))],
  [
    "the champion cannot be computed here",
    "promote",
    decided({ ...beside, incumbent: null }, at(false, { incumbent: champion })),
  ],
  ["the test window of a classification has one class", "hold", decided({ auc: null }, at(false))],
  ["the champion has changed since the training", "hold", decided({}, at(false, { incumbent: champion }))],
  ["a person promotes with `--force`", "promote", { ...decidedByPerson("a test"), champion: "old", halvings: null }],
];

test.each(decisions)("%s: %s", (row, kind, decision) => {
  expect([rowOf(decision), decision.kind]).toEqual([row, kind]);
  if (decision.halvings !== null && decision.pNaive !== null && decision.rule !== "refresh")
    expect(passes(decision, promotionLevel)).toBe(kind === "promote");
});

/** What each kind of decision has in the last two columns. */
const outcomes = {
  promote: /serves|replaces|as above/,
  reject: /serves|stays|as above/,
  hold: /nothing is tested|no look|held/,
};

test("the table has the columns and rows that the gate decides, with the outcome of each", () => {
  expect(header).toEqual(["situation", "periods", "level", "if it passes", "if not"]);
  expect(lines.map(([situation]) => situation)).toEqual(situations);
  for (const [row, kind] of decisions) {
    const [, , , passed = "", failed = ""] = lines.find(([situation]) => situation === row) ?? [];
    expect(kind === "promote" ? passed : failed, `${row}: ${kind}`).toMatch(outcomes[kind]);
  }
});

test("every row is decided by the gate or changes the champion without it", () => {
  const withoutGate = championRules
    .filter((rule) => rule === "rollback" || rule === "fallback")
    .map((rule) =>
      rowOf({ rule, kind: "promote", champion: "old", pNaive: null, pIncumbent: null, halvings: null, reason: "" }),
    );
  expect(new Set([...decisions.map(([row]) => row), ...withoutGate])).toEqual(new Set(situations));
});

const rule = { periods: days, periodsMin: 30, testShare: 0.5 };
const first = { from: days[0] ?? "", to: days[29] ?? "" };

test.each([
  ["the unused periods at the full level", [first], false, { kind: "look", periods: 30, halvings: 0 }],
  ["no look at used periods", [{ ...first, to: days[30] ?? "" }], false, { kind: "none" }],
  ["no look before a later look", [{ from: days[58] ?? "", to: days[59] ?? "" }], false, { kind: "none" }],
  [
    "the whole window after a correction, at half the level for each look that shares a period",
    [first, { from: days[20] ?? "", to: days[50] ?? "" }, { from: days[30] ?? "", to: days[59] ?? "" }],
    true,
    { kind: "look", periods: 30, halvings: 2 },
  ],
] as const)("the rule of looks requires %s", (_, looks, isCorrected, required) => {
  expect(requiredLook({ ...rule, looks, isCorrected })).toEqual(required);
});

test("a decision with another look, or with a reason of no row, is found", () => {
  const tested = { ...decided({}, at(false)), periods: 60 };
  const held = { ...decided({}, at(true)), periods: 0 };
  const required = { kind: "look", periods: 60, halvings: 0 } as const;
  expect([lookMistake(tested, required), lookMistake(held, { kind: "none" })]).toEqual([null, null]);
  expect(lookMistake({ ...tested, halvings: 1 }, required)).toContain(
    'found {"kind":"look","periods":60,"halvings":1}',
  );
  expect(lookMistake({ ...tested, periods: 30 }, required)).toContain('"periods":30');
  expect(lookMistake(tested, { kind: "none" })).toContain('expected {"kind":"none"}');
  expect(lookMistake(held, required)).toContain('found {"kind":"none"}');
  expect(() => rowOf({ ...held, reason: "It was not tested." })).toThrow(/belongs to 0 rows/);
});
