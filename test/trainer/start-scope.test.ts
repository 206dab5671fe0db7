import { expect, test } from "vitest";
import { feeds } from "../../shared/feeds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { scopeOf } from "../../trainer/commands/start-scope.ts";

test("a start includes all forecasts, or the named ones and the feeds that they read", () => {
  expect(scopeOf(undefined)).toEqual({ forecasts, feeds });
  for (const forecast of forecasts) {
    const { forecasts: chosen, feeds: needed } = scopeOf(` ${forecast.id},${forecast.id}`);
    expect(chosen).toEqual([forecast]);
    expect(needed.map(({ id }) => id)).toEqual(feedIdsOf(forecast));
  }
  const all = scopeOf(forecasts.map(({ id }) => id).join(","));
  expect(all.forecasts).toEqual(forecasts);
  expect(all.feeds.every(({ id }) => forecasts.some((forecast) => feedIdsOf(forecast).includes(id)))).toBe(true);
});

test("an unknown forecast is rejected with the list of forecasts", () => {
  for (const only of ["", "milk-mx,milk-xm", "zzz"]) expect(() => scopeOf(only)).toThrow(/There is no forecast/);
  expect(() => scopeOf("zzz")).toThrow(/There are: milk-mx/);
});
