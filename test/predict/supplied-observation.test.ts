/** Requests that supply a price of a day: their features, refusals and hypotheses. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Refusal } from "../../shared/api/problem.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import { reachOf } from "../../shared/features/feature.ts";
import { toleranceOf } from "../../shared/forecasts/forecast.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { shortestDecimal } from "../../shared/predict/decimal.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { factsOf } from "../support/facts.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { goldFacts, goldHistory, goldSnapshot } from "../support/served-gold.ts";

const facts = goldFacts();
const snapshot = goldSnapshot();
const eur = new Map(facts.filter(({ variable }) => variable === "EUR").map(({ period, value }) => [period, value]));
const lastPrice = eur.get("2016-12-30") ?? 0;
const whole = forecastPanel(gold, factsOf(gold, facts));
const trained = datasetOf(whole, { features: gold.features, tolerance: toleranceOf(gold) });

const query = { textNumbers: true, partial: false, explain: null };

function answer(instance: Record<string, unknown>, from = snapshot, options = query) {
  const prepared = prepareRows(from, { kind: "single", instance }, options);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
  return fullAnswerShape.parse(answerRows(from, { ...prepared.value, kind: "single", stale: false }));
}

function refusal(instance: Record<string, unknown>, options = query): Refusal {
  const prepared = prepareRows(snapshot, { kind: "single", instance }, options);
  if (prepared.ok) throw new Error("the instance was accepted");
  return prepared.error;
}

/** Returns the features that training computed for the period, by name. */
function trainedFeatures(period: string): Record<string, number | null> {
  const row = trained.period.findIndex((at) => trained.periods[at] === period);
  return Object.fromEntries(
    trained.columns.map(({ name, ...column }) => [
      name,
      column.dtype === "float" ? shortestDecimal(column.values[row] ?? Number.NaN) : null,
    ]),
  );
}

describe("without a day", () => {
  test("the period after the last one is forecast, with the change from the last price", () => {
    const received = answer({});
    expect(received).toMatchObject({
      forecast: "gold",
      target_period: "2017-01-02",
      series: {},
      unit: "EUR/ozt",
      naive: lastPrice,
      last: { period: "2016-12-30", value: lastPrice },
    });
    expect(received).not.toHaveProperty("change_probability");
    expect(received).not.toHaveProperty("hypothetical");
    expect(received.gold_diff).toBeCloseTo(Number(received.predicted_price) - lastPrice, 4);
    expect(received.gold_diff).not.toBe(0);
  });

  test("a price without a day is for the last day: the same price gives the same answer, another one a hypothesis", () => {
    expect(answer({ EUR: String(lastPrice) })).toEqual(answer({}));
    const received = answer({ EUR: "1200.5" });
    expect(received).toMatchObject({ hypothetical: true, target_period: "2017-01-02", naive: 1200.5 });
    expect(received.last).toEqual({ period: "2016-12-30", value: 1200.5 });
    expect(received.features.EUR_dif1).toBeCloseTo(Math.log(1200.5 / (eur.get("2016-12-29") ?? 0)), 6);
    expect(answer({}).features.USD_dif1).toBe(received.features.USD_dif1);
  });
});

describe("with a day", () => {
  test("of the history, its features equal those of training, as far as the stored history reaches", () => {
    const reach = reachOf(gold.features);
    const storedDays = goldHistory(facts).periods;
    expect(storedDays.length).toBe(reach);
    for (const [at, day] of [...storedDays.entries()].slice(20)) {
      const { features, last, target_period } = answer({ Date: day });
      const next = storedDays[at + 1] ?? "2017-01-02";
      expect([last, target_period]).toEqual([{ period: day, value: eur.get(day) }, next]);
      if (next > "2016-12-30") continue;
      const expected = trainedFeatures(next);
      for (const feature of gold.features) {
        const isKnown = reachOf([feature]) <= at + 1;
        expect([day, feature.name, features[feature.name]]).toEqual([
          day,
          feature.name,
          isKnown ? expected[feature.name] : null,
        ]);
      }
    }
  });

  test("of the history needs no price; the answer is a hypothesis if the period after it is in the past", () => {
    expect(answer({ Date: "2016-12-30" })).toEqual(answer({}));
    expect(answer({ Date: "2016-12-01" })).toMatchObject({ hypothetical: true, target_period: "2016-12-02" });
    expect(answer({ Date: "12/30/2016" })).toEqual(answer({}));
    expect(answer({ Date: "2016-12-30", EUR: String(lastPrice) })).toEqual(answer({}));
  });

  test("that is next is not a hypothesis: its price continues the history", () => {
    const received = answer({ Date: "2017-01-02", EUR: "1200" });
    expect(received).not.toHaveProperty("hypothetical");
    expect(received).toMatchObject({
      target_period: "2017-01-03",
      naive: 1200,
      last: { period: "2017-01-02", value: 1200 },
    });
    expect(received.features.EUR_dif1).toBeCloseTo(Math.log(1200 / lastPrice), 6);
    expect(received.features).toMatchObject({ USD_dif1: expect.any(Number), EUR_from_max120: expect.any(Number) });
    expect(received.interval80).not.toBeNull();
  });

  test("without a publication has the price of the last publication before it", () => {
    expect(answer({ Date: "2017-01-01" })).toEqual(answer({}));
    expect(answer({ Date: "12/31/2016", EUR: "1200" })).toEqual(answer({ EUR: "1200" }));
  });

  test("outside the history has only the price: other features are missing, and there is no interval", () => {
    for (const [day, period, target] of [
      ["2023-10-01", "2023-09-29", "2023-10-02"],
      ["1980-01-02", "1980-01-02", "1980-01-03"],
      ["2017-01-03", "2017-01-03", "2017-01-04"],
    ] as const) {
      const received = answer({ Date: day, EUR: "1200" });
      expect(received).toMatchObject({ hypothetical: true, target_period: target, naive: 1200 });
      expect(received).toMatchObject({ last: { period, value: 1200 }, interval80: null, interval95: null });
      expect(received.interval_note).toBe("no interval: the feature EUR_spread is missing");
      expect(typeof received.gold_diff).toBe("number");
      const known = Object.entries(received.features).filter(([, value]) => value !== null);
      expect(known.map(([name]) => name)).toEqual(["EUR", "weekday", "month_sine", "month_cosine", "days_ahead"]);
    }
  });

  test("does not change other answers", () => {
    const before = answer({});
    answer({ Date: "2016-12-01", EUR: "5" });
    answer({ EUR: "77" });
    expect(answer({})).toEqual(before);
  });

  test("and an increasing price: the prediction and its interval increase too", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (price) => {
        const received = answer({ Date: "2040-06-01", EUR: price }, snapshot, { ...query, textNumbers: false });
        expect(Number(received.predicted_price) / price).toBeCloseTo(1, 5);
      }),
    );
  });

  test("every feature may be supplied too, and then overrides", () => {
    const received = answer({ Date: "2023-10-01", EUR: "1200", EUR_dif1: "0.02" });
    expect(received.predicted_price).toBeCloseTo(1200 * Math.exp(0.01), 2);
    expect(received.gold_diff).toBeCloseTo(1200 * Math.expm1(0.01), 2);
    expect(answer({ Date: "2023-10-01", EUR: "1200", EUR_spread: "10" }).interval80).toEqual([
      expect.closeTo(Number(answer({ Date: "2023-10-01", EUR: "1200" }).predicted_price) - 12.5, 3),
      expect.any(Number),
    ]);
  });

  test("the interval scales with the price: ten times the prices, ten times the width", () => {
    const ten = goldSnapshot(goldHistory(facts.map((fact) => ({ ...fact, value: fact.value * 10 }))));
    const widthOf = ({ interval80 }: ReturnType<typeof answer>) => (interval80?.[1] ?? 0) - (interval80?.[0] ?? 0);
    expect(widthOf(answer({}, ten)) / widthOf(answer({}))).toBeCloseTo(10, 4);
  });
});

test("if the history has no price, a supplied one is enough, and without one the refusal names it", () => {
  const others = facts.filter(({ variable, period }) => variable !== "EUR" || period < "2016-06-01");
  const silent = goldSnapshot(goldHistory(others));
  expect(answer({ EUR: "1200" }, silent)).toMatchObject({ hypothetical: true, naive: 1200, interval80: null });
  const prepared = prepareRows(silent, { kind: "single", instance: {} }, query);
  expect(prepared).toMatchObject({ ok: false, error: { kind: "unprocessable", field: "EUR", found: "nothing" } });
});

describe("a target", () => {
  test("may be named instead of the day before it, or with it if they agree", () => {
    expect(answer({ target_period: "2017-01-02" })).toEqual(answer({}));
    expect(answer({ target_period: "2023-10-02", EUR: "1200" })).toEqual(answer({ Date: "2023-09-29", EUR: "1200" }));
    expect(answer({ target_period: "2023-10-02", Date: "2023-10-01", EUR: "1200" })).toMatchObject({ naive: 1200 });
    expect(refusal({ target_period: "2023-10-03", Date: "2023-10-01", EUR: "1200" })).toMatchObject({
      found: "2023-10-03",
      expected: "2023-10-02",
    });
  });
});

describe("refused:", () => {
  test.each([
    ["-1", "above 0"],
    ["0", "above 0"],
    ["abc", "a number"],
    ["1,200", "without thousands separators"],
    ["", "a number"],
    ["0x10", "a number"],
    ["Infinity", "a number"],
    ["1e300", "a number"],
    ["1e-300", "above 0"],
  ])("a price of %j", (EUR, expected) => {
    expect(refusal({ Date: "2016-12-30", EUR })).toMatchObject({
      kind: "unprocessable",
      field: "EUR",
      found: EUR,
      expected: expect.stringContaining(expected),
    });
  });

  test("a price that is text, in JSON", () => {
    expect(refusal({ EUR: "1200" }, { ...query, textNumbers: false })).toMatchObject({ field: "EUR", found: '"1200"' });
  });

  test.each([
    "2023-02-30",
    "30/12/2016",
    "2/30/2023",
    "yesterday",
    "2016-12",
    "",
    "9999-12-31",
    "12/31/9999",
    "1000-01-01",
  ])("a day called %j", (day) => {
    expect(refusal({ Date: day, EUR: "1200" })).toMatchObject({
      kind: "unprocessable",
      field: "Date",
      found: day,
      expected: "YYYY-MM-DD from 1000-01-08 to 9999-12-24, as in 2016-12-30, or month first, as in 12/30/2016",
    });
  });

  test("a day outside the history without a price, with the missing field", () => {
    for (const day of ["2023-10-01", "2017-01-02", "1979-01-01"]) {
      expect(refusal({ Date: day })).toMatchObject({ kind: "unprocessable", field: "EUR", found: "nothing" });
    }
    expect(refusal({ Date: "2023-10-01" }).detail).toContain("no value of 2023-09-29. Supply it as EUR");
  });

  test("any other instance, without an exception", () => {
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.constant(null),
      fc.constantFrom("2016-12-05", "1/1/2017", "1200"),
    );
    fc.assert(
      fc.property(
        fc.record({ Date: value, EUR: value }, { requiredKeys: [] }),
        fc.boolean(),
        (instance, textNumbers) => {
          const prepared = prepareRows(snapshot, { kind: "single", instance }, { ...query, textNumbers });
          if (prepared.ok) answerRows(snapshot, { ...prepared.value, kind: "single", stale: false });
          else expect(prepared.error.kind).toBe("unprocessable");
        },
      ),
    );
  });
});

test("a day without a next period in the calendar is refused in every form", () => {
  for (const day of ["9999-12-31", "12/31/9999", "9999-12-25"]) {
    expect(refusal({ Date: day, EUR: "1200" })).toMatchObject({ field: "Date", found: day, kind: "unprocessable" });
  }
  expect(answer({ Date: "9999-12-24", EUR: "1200" })).toMatchObject({ target_period: "9999-12-27", naive: 1200 });
});

test("the interval of a very low price does not reach below zero", () => {
  const { interval80, interval95, predicted_price } = answer({ EUR: "1" });
  for (const ends of [interval80, interval95]) {
    expect(ends?.[0]).toBe(0);
    expect(ends?.[1]).toBeGreaterThan(Number(predicted_price));
  }
});
