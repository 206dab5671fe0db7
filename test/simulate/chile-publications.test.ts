/** The simulated files of Chile have the layout and the quirks of the real ones, and a season that can be forecast. */
import { expect, test } from "vitest";
import { countReasons } from "../../shared/feeds/hold.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { parsePublication } from "../../shared/feeds/parse-publication.ts";
import { chileMarket } from "../../trainer/simulate/chile-market.ts";
import { chilePublications } from "../../trainer/simulate/chile-publications.ts";

const names = new Map([
  ["cl-milk-price", "precio_leche.csv"],
  ["cl-rain", "precipitaciones.csv"],
  ["cl-central-bank", "banco_central.csv"],
]);

function bytesOf(feed: string, today: string): Uint8Array {
  const publication = chilePublications.map((make) => make({ seed: 1, firstDay: "2024-11-20" }));
  const one = publication.find((each) => each.feed === feed);
  return one?.respond(new URL(`http://p/${names.get(feed)}`), today)?.bytes ?? new Uint8Array();
}

async function parsed(feed: string, today: string) {
  const declared = findFeed(feed);
  if (!declared) throw new Error(`there is no feed ${feed}`);
  const origin = { name: "file.csv", arrivedAt: `${today}T23:30:00Z` };
  return parsePublication(declared, bytesOf(feed, today), origin);
}

test("a month is published on the 15th of the next one, and statistics of the central bank a month later", async () => {
  const last = async (feed: string, today: string) => {
    const { observations } = await parsed(feed, today);
    return [...new Set(observations.map(({ period }) => period))].sort().at(-1);
  };
  expect(await last("cl-milk-price", "2026-11-14")).toBe("2026-09");
  expect(await last("cl-milk-price", "2026-11-15")).toBe("2026-10");
  expect(await last("cl-rain", "2026-11-15")).toBe("2026-10");
  expect(await last("cl-central-bank", "2026-11-15")).toBe("2026-09");
});

test("each feed reads its file as the simulated values, without other problems than the planted ones", async () => {
  const market = chileMarket(1);
  const prices = await parsed("cl-milk-price", "2026-11-20");
  expect(prices.problems).toEqual([]);
  const expected = [...market.price("2026-10")].map(([period, price]) => [period, Math.round(price * 100) / 100]);
  expect(prices.observations.map(({ period, value }) => [period, value])).toEqual(expected);
  const rain = await parsed("cl-rain", "2026-11-20");
  expect(rain.problems).toEqual([]);
  const bank = await parsed("cl-central-bank", "2026-11-20");
  expect(countReasons(bank.problems)).toEqual({ "impossible-month": 1, "no-number": 1 });
  expect(bank.skipped.repeated).toBeGreaterThan(0);
  const walks = market.bank("2026-09");
  expect(bank.observations.length).toBe([...walks.values()].reduce((sum, values) => sum + values.size, 0) - 1);
  for (const { variable, period, value } of bank.observations)
    expect(value / (walks.get(variable)?.get(period) ?? Number.NaN)).toBeCloseTo(1, 7);
});

test("the same seed gives the same values for any last month", () => {
  const market = chileMarket("x");
  const whole = [...market.price("2026-10")];
  expect([...chileMarket("x").price("2020-01")]).toEqual(whole.slice(0, [...market.price("2020-01")].length));
  expect([...chileMarket("y").price("2020-01")]).not.toEqual([...market.price("2020-01")]);
});
