import fc from "fast-check";
import { expect, test } from "vitest";
import { type Look, lookRuleOf, planLook, planOf, promotionLevel } from "../../shared/registry/look.ts";

const rule = { periodsMin: 30 };
const period = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
const window = (from: number, to: number) => Array.from({ length: to - from }, (_, day) => period(from + day));
const look = (from: number, to: number, halvings = 0): Look => ({
  key: `${from} to ${to}`,
  from: period(from),
  to: period(to),
  halvings,
});
const plan = (periods: readonly string[], looks: readonly Look[], dataChanged = false) =>
  planLook(periods, { looks, dataChanged }, rule);

test("a first look uses the whole window at the full level", () => {
  const periods = window(0, 40);
  expect(plan(periods, [])).toEqual({ kind: "look", periods, level: promotionLevel, halvings: 0 });
});

test("a later look uses the periods that no look has used, if there are enough", () => {
  expect(plan(window(20, 80), [look(0, 49)])).toEqual({
    kind: "look",
    periods: window(50, 80),
    level: promotionLevel,
    halvings: 0,
  });
  expect(plan(window(20, 79), [look(0, 49)])).toEqual({ kind: "none", periods: 59, unused: 29 });
});

test("a longer test window of an edited declaration is no new look, but an imported model may be tested before it", () => {
  const [periods, looks] = [window(0, 60), [look(30, 59)]];
  expect(plan(periods, looks)).toEqual({ kind: "none", periods: 60, unused: 0 });
  expect(planLook(periods, { looks, dataChanged: false }, { ...rule, earlier: true })).toMatchObject({
    kind: "look",
    periods: window(0, 30),
    halvings: 0,
  });
});

test("after a correction one more look uses the whole window, and each earlier look at it halves the level", () => {
  const periods = window(20, 79);
  const looks = [look(0, 10), look(0, 30), look(20, 60, 1)];
  expect(plan(periods, looks, true)).toEqual({ kind: "look", periods, level: promotionLevel / 4, halvings: 2 });
  expect(plan(window(0, 29), [], true)).toEqual({ kind: "none", periods: 29, unused: 29 });
});

test("a look that was made on both sides of an earlier one is found again without the periods between", () => {
  const [periods, earlier] = [window(0, 80), look(20, 49)];
  const made = planLook(periods, { looks: [earlier], dataChanged: false }, { ...rule, earlier: true });
  expect(made).toMatchObject({ periods: [...window(0, 20), ...window(50, 80)] });
  expect(planOf(periods, look(0, 79), [earlier])).toEqual(made);
});

test("a look that was made is found again with its periods and level", () => {
  const periods = window(0, 60);
  expect(planOf(periods, look(10, 49, 3), [look(20, 30)])).toEqual({
    kind: "look",
    periods: window(10, 50),
    level: promotionLevel / 8,
    halvings: 3,
  });
});

test("over any sequence of looks, full looks share no period, and all looks of one period cost at most twice the level", () => {
  const trainings = fc.array(fc.record({ grow: fc.integer({ min: 0, max: 25 }), dataChanged: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(trainings, (steps) => {
      const looks: Look[] = [];
      const full = new Map<string, number>();
      let length = 60;
      for (const [number, { grow, dataChanged }] of steps.entries()) {
        length += grow;
        const next = plan(window(length - Math.ceil(length / 2), length), looks, dataChanged && number > 0);
        if (next.kind === "none") continue;
        const [from = "", to = ""] = [next.periods[0], next.periods.at(-1)];
        if (next.halvings === 0) for (const used of next.periods) full.set(used, (full.get(used) ?? 0) + 1);
        const earlier = looks.filter((one) => next.periods.some((used) => one.from <= used && used <= one.to));
        expect(next.level).toBe(promotionLevel / 2 ** next.halvings);
        expect(next.halvings).toBe(next.halvings === 0 ? 0 : earlier.length);
        looks.push({ key: String(number), from, to, halvings: next.halvings });
      }
      for (const count of full.values()) expect(count).toBe(1);
    }),
  );
});

test("the minimum fits the length of a period, and a forecast may declare another", () => {
  const schedule = { every: "day", periods: "calendar" } as const;
  expect(lookRuleOf({ schedule })).toEqual({ periodsMin: 30, noun: "day" });
  expect(lookRuleOf({ schedule: { ...schedule, every: "month" } })).toEqual({ periodsMin: 12, noun: "month" });
  expect(lookRuleOf({ schedule: { ...schedule, every: "quarter" } })).toEqual({ periodsMin: 8, noun: "quarter" });
  expect(lookRuleOf({ schedule: { ...schedule, every: "hour" } })).toEqual({ periodsMin: 168, noun: "hour" });
  expect(lookRuleOf({ schedule: { ...schedule, weekdays: [1] }, promotion: { periodsMin: 20 } })).toEqual({
    periodsMin: 20,
    noun: "week",
  });
  expect(lookRuleOf({ schedule: { ...schedule, weekdays: [1, 2, 3, 4, 5] } }).noun).toBe("weekday");
  expect(lookRuleOf({ schedule: { ...schedule, periods: "published" } }).noun).toBe("publication");
});
