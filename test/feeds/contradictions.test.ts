/** A publication is held if it contradicts many stored values, or all of them by one factor. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contradictionReason, countContradictions, type RestatedFact } from "../../shared/feeds/contradictions.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { addDays } from "../../shared/lib/calendar.ts";

const air = findFeed("open-meteo-air-quality");
if (!air) throw new Error("no feed of air quality");

/** Builds 300 days of a variable up to 2026-06-30 with their stored values, and published values from `stated`. */
function restate(variable: string, stated: (known: number, index: number) => number): RestatedFact[] {
  return Array.from({ length: 300 }, (_, index) => {
    const known = 100 + (index % 17);
    return { variable, period: addDays("2026-06-30", index - 299), known, stated: stated(known, index) };
  });
}

const holdReason = (feed: Feed, facts: readonly RestatedFact[], arrivedAt = "2026-07-01T06:00:00Z") =>
  contradictionReason(countContradictions(facts, feed, arrivedAt), feed.limits);

test.each([
  ["nothing is contradicted", restate("EUR", (known) => known)],
  ["3 % are corrected", restate("EUR", (known, index) => (index < 9 ? known * 1.01 : known))],
  ["only six facts are repeated, and all of them are corrected", restate("EUR", (known) => known * 1.01).slice(0, 6)],
  [
    "7 % of a hundred repeated facts are corrected",
    restate("EUR", (known, index) => (index < 7 ? known * 1.01 : known)).slice(0, 100),
  ],
])("a publication is not held if %s", (_, facts) => {
  expect(holdReason(goldCsv, facts)).toBeNull();
});

test.each([
  [
    "6 % are corrected",
    restate("EUR", (known, index) => (index < 18 ? known + index + 1 : known)),
    "18 of 300 stored values of the feed are contradicted (6 %); the limit is 5 %",
  ],
  [
    "55 of only 60 repeated facts are corrected",
    restate("EUR", (known, index) => (index < 55 ? known + index + 1 : known)).slice(0, 60),
    "55 of 60 stored values of the feed are contradicted (91.7 %); the limit is 5 %",
  ],
  [
    "55 of 60 repeated facts of one variable are corrected, among thousands of others",
    [
      ...restate("USD", (known, index) => (index < 55 ? known + index + 1 : known)).slice(0, 60),
      ...["EUR", "JPY", "GBP", "CAD"].flatMap((name) => restate(name, (known) => known)),
    ],
    "55 of 60 stored values of USD are contradicted (91.7 %)",
  ],
  [
    "20 of 60 repeated facts have no value any more",
    restate("EUR", (known, index) => (index < 20 ? Number.NaN : known))
      .slice(0, 60)
      .map((fact) => (Number.isNaN(fact.stated) ? { ...fact, stated: null } : fact)),
    "20 of 60 stored values of the feed are contradicted (33.3 %)",
  ],
  [
    "all values are a thousand times too small",
    restate("EUR", (known) => known / 1000),
    "300 values of EUR are about 1/1000 of the stored values",
  ],
  [
    "one of twenty variables is in another unit",
    [...restate("EUR", (known) => known), ...restate("USD", (known) => known * 31.1)],
    "300 values of USD are about 31.1 times the stored values",
  ],
])("a publication is held if %s", (_, facts, reason) => {
  expect(holdReason(goldCsv, facts)).toContain(reason);
});

test("forecasts of the publisher, which change daily, do not count", () => {
  expect(
    holdReason(
      air,
      restate("ozone_forecast", (known) => known * 2),
    ),
  ).toBeNull();
});

test("recent days, which are corrected late, count only towards a change of unit", () => {
  const recent = (factor: number) =>
    restate("ozone", (known) => known * factor).filter(({ period }) => period > "2026-06-20");
  const many = (factor: number) => [1, 2, 3, 4].flatMap(() => recent(factor));
  expect(holdReason(air, many(1.8))).toBeNull();
  expect(holdReason(air, many(1000))).toContain("1000 times");
  expect(holdReason(air, many(1.8), "2026-08-30T06:00:00Z")).toContain("ozone");
});

const [july, milligrams] = [
  "../shared/data/sickness/air-quality-2024-07.json",
  "../shared/cases/air-co-mg-undeclared.json",
];
const areHere = existsSync(july) && existsSync(milligrams);
if (!areHere) console.log(`skipped: ${july} and ${milligrams} are not there`);

test.skipIf(!areHere)("the shared answer with carbon monoxide in milligrams is held", async () => {
  const read = async (file: string) =>
    (await air.parse(readFileSync(file), { name: "a.json", arrivedAt: "2026-11-29T06:00:00Z" })).observations;
  const known = new Map((await read(july)).map(({ variable, period, value }) => [`${variable} ${period}`, value]));
  const facts = (await read(milligrams)).map(({ variable, period, value }) => ({
    variable,
    period,
    known: known.get(`${variable} ${period}`) ?? Number.NaN,
    stated: value,
  }));
  expect(holdReason(air, facts, "2026-11-29T06:00:00Z")).toContain("744 values of carbon_monoxide are about 1/1000");
});
