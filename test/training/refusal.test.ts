/** Each reason not to train is found before the first fit, and has a message. */
import { expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { judge } from "../../shared/training/judge.ts";
import { describeRefusal } from "../../shared/training/refusal.ts";
import { instantPool, keepingEffects, randomWalk, simulatedPanel, smallDataset, smallForecast } from "./support.ts";

async function refusalOfPanel(panel: Panel, changes: Partial<Forecast> = {}): Promise<string> {
  const forecast = { ...smallForecast, ...changes };
  const data = smallDataset(panel, forecast);
  const { effects, trials } = keepingEffects(instantPool(forecast, data));
  const judged = await judge({ forecast, data, seed: 1, trialsMax: 1, incumbent: null }, effects);
  if (judged.ok) return "judged";
  if (judged.error.kind !== "no-contender") expect(trials).toEqual([]);
  return describeRefusal(judged.error);
}

const walk = simulatedPanel(1, randomWalk, { periods: 40, series: 2 });
const mapped = (change: (value: number, period: number) => number): Panel => ({
  ...walk,
  series: walk.series.map(({ is, values }) => ({ is, values: values.map(change) })),
});

test("fewer than 30 periods", async () => {
  expect(await refusalOfPanel(simulatedPanel(1, randomWalk, { periods: 29 }))).toBe(
    "Found 29 periods, but training needs at least 30. Ingest more history.",
  );
  expect(await refusalOfPanel(simulatedPanel(1, randomWalk, { periods: 30 }))).toBe("judged");
});

test("no series with two values in a row", async () => {
  const one = {
    ...walk,
    series: walk.series.map(({ is, values }, index) => ({
      is,
      values: values.map((value, period) => (period === index ? value : Number.NaN)),
    })),
  };
  expect(await refusalOfPanel(one)).toMatch(/^Found 40 periods, but no series with two values in a row\. Check/);
});

test("a window without observations", async () => {
  expect(await refusalOfPanel(mapped((value, period) => (period >= 32 ? Number.NaN : value)))).toMatch(
    /^The test window has no series with two values in a row/,
  );
  expect(await refusalOfPanel(mapped((value, period) => (period >= 23 && period < 32 ? Number.NaN : value)))).toMatch(
    /^The validation window has no series with two values in a row/,
  );
});

test("a constant target", async () => {
  expect(await refusalOfPanel(mapped(() => 20))).toBe(
    "The target is always 20, so there is nothing to learn. Check the feed's parser and the variable of the forecast.",
  );
});

test("constant series with different values are judged, and the baseline is chosen", async () => {
  const still = {
    ...walk,
    series: walk.series.map(({ is, values }, index) => ({ is, values: values.map(() => 20 + index) })),
  };
  const data = smallDataset(still);
  const { effects } = keepingEffects(instantPool(smallForecast, data));
  const judged = await judge({ forecast: smallForecast, data, seed: 1, trialsMax: 1, incumbent: null }, effects);
  expect(judged.ok && judged.value.judgement.chosen.candidate).toBe("naive");
});

test("a feature without a single value", async () => {
  const features: Forecast["features"] = [...smallForecast.features, { name: "lag50", kind: "lag", periods: 50 }];
  expect(await refusalOfPanel(walk, { features })).toBe(
    "These features have no value: lag50. Let them look back on fewer periods, or remove them from the forecast.",
  );
});

test("a logarithm of a value that is not positive", async () => {
  const target = { transform: "log-difference", decimals: 2 } as const;
  expect(
    await refusalOfPanel(
      mapped((value, period) => (period === 20 ? -3 : value)),
      { target },
    ),
  ).toBe(
    "The target contains -3, which has no logarithm. Declare the target as a difference, or reject such values in the parser.",
  );
  expect(await refusalOfPanel(walk, { target })).toBe("judged");
});

test("no candidate could be fitted, with all reasons in a fixed order", async () => {
  const candidates = ["seasonal-naive", "hurdle"].map((candidate) => ({ candidate, space: {}, trials: 1 }));
  const target = { transform: "level", decimals: 2 } as const;
  expect(await refusalOfPanel(walk, { candidates, seasonal: null, target })).toMatch(
    /^No candidate could be fitted: hurdle: .*a target fitted as level.*; seasonal-naive: .*no seasonal feature.*\.$/,
  );
});
