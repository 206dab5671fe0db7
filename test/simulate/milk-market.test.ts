import { expect, test } from "vitest";
import { MILK_CITIES, ZERO_BY_MISTAKE_CITY, ZERO_CITY } from "../../trainer/simulate/milk-cities.ts";
import { type MilkMarket, milkMarket } from "../../trainer/simulate/milk-market.ts";

const FIRST_DAY = "2024-11-20";
const LAST_DAY = "2026-11-20";

const history = (market: MilkMarket, until: string) => market.publicationDays(until).map((day) => market.prices(day));

/** Returns each series as a list over time, keyed by city and column. */
function seriesOf(market: MilkMarket): { city: string; prices: (number | null)[] }[] {
  const days = history(market, LAST_DAY);
  return MILK_CITIES.flatMap(({ city }, index) =>
    [0, 1, 2, 3].map((variety) => ({ city, prices: days.map((day) => day[index]?.[variety] ?? null) })),
  );
}

/** Returns the pairs of consecutive prices that are not missing. */
const steps = (prices: (number | null)[]): [number, number][] =>
  prices.slice(1).flatMap((price, index) => {
    const before = prices[index];
    return price && before ? [[before, price] as [number, number]] : [];
  });

test("the same seed gives the same market, and another seed gives another market", () => {
  const make = (seed: string) => history(milkMarket({ seed, firstDay: FIRST_DAY }), "2025-02-01");
  expect(make("a")).toEqual(make("a"));
  expect(make("a")).not.toEqual(make("b"));
});

test("a request for a longer period does not change earlier publications", () => {
  const short = milkMarket({ seed: 1, firstDay: FIRST_DAY });
  const long = milkMarket({ seed: 1, firstDay: FIRST_DAY });
  long.publicationDays(LAST_DAY);
  const days = short.publicationDays("2025-06-30");
  expect(long.publicationDays("2025-06-30")).toEqual(days);
  expect(long.publicationDays(LAST_DAY).slice(0, days.length)).toEqual(days);
  expect(history(long, "2025-06-30")).toEqual(history(short, "2025-06-30"));
});

test("a later first day gives the same prices", () => {
  const early = milkMarket({ seed: 1, firstDay: "2024-01-01" });
  const late = milkMarket({ seed: 1, firstDay: "2026-01-01" });
  expect(history(early, LAST_DAY).slice(-late.publicationDays(LAST_DAY).length)).toEqual(history(late, LAST_DAY));
});

test("two years have about 300 publications, starting on or after the first day", () => {
  const days = milkMarket({ seed: 1, firstDay: "2024-11-16" }).publicationDays("2026-11-16");
  expect(days[0]).toBe("2024-11-20");
  expect(days.length).toBeGreaterThan(290);
  expect(days.length).toBeLessThan(310);
});

test("prices are sticky: 78 to 88 % do not change, and fewer at the start of a month", () => {
  for (const seed of ["almanac", 1, 2, 3]) {
    const market = milkMarket({ seed, firstDay: FIRST_DAY });
    const days = market.publicationDays(LAST_DAY);
    const tally = { all: { same: 0, count: 0 }, monthStart: { same: 0, count: 0 } };
    for (const { prices } of seriesOf(market)) {
      prices.forEach((price, index) => {
        const before = prices[index - 1];
        if (!price || !before) return;
        const isMonthStart = days[index]?.slice(0, 7) !== days[index - 1]?.slice(0, 7);
        for (const part of isMonthStart ? [tally.all, tally.monthStart] : [tally.all]) {
          part.count += 1;
          if (price === before) part.same += 1;
        }
      });
    }
    const unchanged = tally.all.same / tally.all.count;
    expect(unchanged).toBeGreaterThan(0.78);
    expect(unchanged).toBeLessThan(0.88);
    expect(tally.monthStart.same / tally.monthStart.count).toBeLessThan(unchanged - 0.04);
  }
});

test("prices of one city change together more often than by chance", () => {
  const market = milkMarket({ seed: 1, firstDay: FIRST_DAY });
  const all = history(market, LAST_DAY);
  const city = MILK_CITIES.map((_, index) => all.map((day) => day[index] ?? []));
  let together = 0;
  let byChance = 0;
  for (const days of city) {
    const changed = (variety: number) =>
      steps(days.map((day) => day[variety] ?? null)).map(([a, b]) => (a !== b ? 1 : 0));
    const ultra = [changed(2), changed(3)] as const;
    if (ultra[0].length !== ultra[1].length || ultra[0].length === 0) continue;
    const rate = (flags: number[]): number => flags.reduce<number>((sum, flag) => sum + flag, 0) / flags.length;
    together += rate(ultra[0].map((flag, index) => flag * (ultra[1][index] ?? 0)));
    byChance += rate(ultra[0]) * rate(ultra[1]);
  }
  expect(together).toBeGreaterThan(1.3 * byChance);
});

test("prices have two decimals and lie between 15 and 40", () => {
  const wrong = seriesOf(milkMarket({ seed: 2, firstDay: FIRST_DAY })).flatMap(({ city, prices }) =>
    prices
      .filter((price) => price !== null && price !== 0)
      .filter((price) => price !== Number(price?.toFixed(2)) || price < 15 || price > 40)
      .map((price) => `${city}: ${price}`),
  );
  expect(wrong).toEqual([]);
});

test("27 series never have a price, and others have rare gaps", () => {
  const series = seriesOf(milkMarket({ seed: 1, firstDay: FIRST_DAY }));
  expect(series).toHaveLength(216);
  expect(series.filter(({ prices }) => prices.every((price) => price === null))).toHaveLength(27);
  const sometimes = series.filter(({ prices }) => prices.includes(null) && prices.some((price) => price !== null));
  expect(sometimes.length).toBeGreaterThan(0);
});

test("one city always has zeros, and another has one once a year", () => {
  const market = milkMarket({ seed: 1, firstDay: "2025-01-01" });
  const zeros = new Map<string, number>();
  for (const day of history(market, "2025-12-31")) {
    day.forEach((prices, index) => {
      const city = MILK_CITIES[index]?.city ?? "";
      const count = prices.filter((price) => price === 0).length;
      if (count > 0) zeros.set(city, (zeros.get(city) ?? 0) + count);
      if (city === ZERO_CITY) expect(prices.filter((price) => price)).toEqual([]);
    });
  }
  expect([...zeros.keys()].sort()).toEqual([ZERO_BY_MISTAKE_CITY, ZERO_CITY].sort());
  expect(zeros.get(ZERO_BY_MISTAKE_CITY)).toBe(1);
});

test("a day without a publication, or before the first simulated day, is rejected with advice", () => {
  const market = milkMarket({ seed: 1, firstDay: FIRST_DAY });
  expect(() => market.prices("2026-11-19")).toThrow(/publicationDays/);
  expect(() => market.prices("2024-11-18")).toThrow(/publicationDays/);
  expect(() => milkMarket({ seed: 1, firstDay: "2010-01-01" })).toThrow(/Expected 2018-01-01 or later/);
});
