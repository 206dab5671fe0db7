/** `almanac backtest` on real publications: a learned model beats the baseline only where it really does. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  backtest,
  errorOf,
  expectGoldBaseline,
  expectLearners,
  servedSkill,
  stepOf,
  timeless,
} from "../support/backtest.ts";
import { backtestClasses, expectHonest } from "../support/backtest-classes.ts";

const data = "../shared/data";
if (!existsSync(data)) console.log(`skipped: ${data} is not there`);

describe.skipIf(!existsSync(data))("on real publications", () => {
  const milk = [join(data, "milk-mx", "Leche08012025.xlsx")];

  test("milk: the champion's error is not above the baseline's, and changes are predicted better than by chance", async () => {
    const result = await backtest("milk-mx", milk, "--only", "hurdle");
    expect(errorOf(result, result.champion)).toBeLessThanOrEqual(errorOf(result, "naive"));
    expect(result.change?.auc).toBeGreaterThanOrEqual(0.75);
    expect(result.change?.brier).toBeLessThan(result.change?.brierBase ?? 0);
    // The scores of the last 60 changes of each series, measured in Python: 0.067 MXN/l.
    const [own, intervals] = [stepOf(result, "naive"), stepOf(result, "hurdle")];
    expect(own.wis).toBeGreaterThan(0.0655);
    expect(own.wis).toBeLessThan(0.0675);
    expect(own.coverage["95"]).toBeGreaterThan(0.94);
    expect(intervals.wis).toBeGreaterThan(own.wis);
  });

  test("milk: the champion's distribution is better than past changes and than intervals around a point", async () => {
    const result = await backtest("milk-mx", milk, "--only", "changes,hurdle");
    expect(result.champion).toBe("changes");
    const [changes, baseline, intervals] = ["changes", "naive", "hurdle"].map((name) => stepOf(result, name));
    if (!changes || !baseline || !intervals) throw new Error("a contender is missing");
    // The last 60 changes of each series have 0.0668 MXN/l.
    expect(changes.wis).toBeLessThan(0.975 * 0.0668);
    expect(changes.wis).toBeLessThan(0.9 * intervals.wis);
    expect(changes.mae).toBeLessThan(1.005 * baseline.mae);
    expect(changes.exact).toBeGreaterThan(baseline.exact - 0.01);
    expect(changes.width["95"]).toBeLessThan(0.75 * intervals.width["95"]);
    expect(changes.coverage["95"]).toBeGreaterThan(0.94);
    expect(changes.coverage["95"]).toBeLessThan(0.98);
  });

  test("milk: --until ignores data after that day", async () => {
    const result = await backtest("milk-mx", milk, "--until", "2024-06-30", "--only", "ridge");
    expect(result.test.to).toBe("2024-06-28");
    expect(result.contenders.map(({ name }) => name)).toContain("naive");
  });

  test("gold: no candidate beats the baseline, and any number of threads gives the same result", async () => {
    const run = (threads: string) =>
      backtest("gold", [join(data, "gold", "Daily.csv")], "--only", "ridge,gradient-boosting", "--threads", threads);
    const one = await run("1");
    expectGoldBaseline(one);
    expectLearners(one, [1, 5, 20]);
    expect(timeless(await run("2"))).toEqual(timeless(one));
  });

  test("milk in Chile: the champion's error is at least 20 % below the last price and 30 % at three and six months, from three files in any order", async () => {
    const files = readdirSync(join(data, "milk-cl")).map((name) => join(data, "milk-cl", name));
    const result = await backtest("milk-cl", files);
    expect(result.test).toMatchObject({ from: "2011-01", to: "2018-12" });
    expect(errorOf(result, result.champion)).toBeLessThan(0.8 * errorOf(result, "naive"));
    expect(result.contenders.find(({ name }) => name === result.champion)?.gateP).toBeLessThan(0.01);
    expect(errorOf(result, "seasonal-growth")).toBeLessThan(0.75 * errorOf(result, "naive"));
    expect(servedSkill(result, 3)).toBeGreaterThan(0.3);
    expect(servedSkill(result, 6)).toBeGreaterThan(0.3);
    // A year ahead the last value is better on validation, and serves.
    expect(servedSkill(result, 12)).toBe(0);
  });

  test("air: the champion's Brier score is not above the baseline's, and a second run gives the same result", async () => {
    const files = readdirSync(join(data, "sickness")).map((name) => join(data, "sickness", name));
    const result = await backtestClasses(files, "--trials", "2");
    expectHonest(result);
    expect(timeless(await backtestClasses([...files].reverse(), "--trials", "2"))).toEqual(timeless(result));
  });
});
