import { expect, test } from "vitest";
import type { Row } from "../../shared/predict/row.ts";
import { type CachedSeries, SeriesCache } from "../../shared/predict/series-cache.ts";

const plain = (position: number): Row => ({
  position,
  is: [],
  target: "2026-11-23",
  hypothetical: false,
  overrides: new Map(),
});
const made = (): CachedSeries => ({ inputs: {}, feeds: null, features: { a: 1 }, series: { City: "Vigo" } });

test("a series is computed once, and its JSON is cached", () => {
  const cache = new SeriesCache();
  const first = cache.findOrMake(plain(0), made);
  expect(cache.findOrMake(plain(0), made)).toBe(first);
  expect(cache.find(plain(0))).toBe(first);
  expect(cache.jsonOf(first?.features ?? {})).toBe('{"a":1}');
  expect(Object.isFrozen(first?.features)).toBe(true);
});

test("a row with supplied values is never cached", () => {
  const cache = new SeriesCache();
  const rows: Row[] = [
    { ...plain(0), position: null },
    { ...plain(0), hypothetical: true },
    { ...plain(0), overrides: new Map([["a", 2]]) },
    { ...plain(0), start: { last: { period: "2026-11-20", value: 1 }, features: {} } },
  ];
  for (const row of rows) expect(cache.findOrMake(row, made)).toBeNull();
  expect(cache.find(plain(0))).toBeNull();
});

test("at most 2,000 series are cached; further ones are left to the caller", () => {
  const cache = new SeriesCache();
  for (let position = 0; position < 2_000; position++) cache.findOrMake(plain(position), made);
  expect(cache.findOrMake(plain(2_000), made)).toBeNull();
  expect(cache.find(plain(1_999))).not.toBeNull();
});
