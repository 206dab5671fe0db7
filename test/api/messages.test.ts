import fc from "fast-check";
import { expect, test } from "vitest";
import { buildHistory, historyShape, panelOfHistory } from "../../shared/api/history.ts";
import { ingestKey, readLakeEvent } from "../../shared/api/lake-event.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { writeCsv } from "../../shared/lib/csv.ts";
import { nearest } from "../../shared/lib/text-distance.ts";
import { validateJson } from "../../shared/lib/validate-json.ts";
import { factsOf } from "../support/facts.ts";

const event = (key: string, action = "PutObject", eTag = '"abc"') => ({
  account: "a",
  action,
  bucket: "b",
  object: { key, size: 1, eTag },
  eventTime: "2025-01-03T00:00:00Z",
});

test("R2's notification of a publication gives the same ingest with and without quotes around the etag", () => {
  const key = "raw/sniim-milk/0123456789abcdef-Leche03012025.xlsx";
  const keys = [event(key), event(key, "CompleteMultipartUpload", "abc")].map((body) => {
    const read = readLakeEvent(body);
    return read.kind === "raw" ? ingestKey(read.object) : read;
  });
  expect(keys).toEqual([`ingest:${key}@abc`, `ingest:${key}@abc`]);
});

test("a notification about another object is ignored, and an invalid one is refused with the reason", () => {
  expect(readLakeEvent(event("clean/sniim-milk/_SUCCESS"))).toEqual({ kind: "other" });
  expect(readLakeEvent(event("raw/sniim-milk/0123456789abcdef-a.xlsx", "DeleteObject"))).toEqual({ kind: "other" });
  expect(readLakeEvent(event("raw/gold/0123456789abcdef-a.csv"))).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("There is no feed gold"),
  });
  expect(readLakeEvent(event("raw/x"))).toMatchObject({ kind: "refused" });
});

test("reading a message never throws", () => {
  fc.assert(fc.property(fc.anything(), (body) => void expect(readLakeEvent(body).kind).toMatch(/raw|other|refused/)));
});

test("the history is the same text for any order of facts, with null for a missing value", () => {
  const fact = (series: string, period: string, value: number) => ({
    series: JSON.stringify([series, "x", "y", "z"]),
    variable: "precio",
    period,
    value,
  });
  const facts = [fact("b", "2025-01-06", 2), fact("a", "2025-01-03", 1), fact("b", "2025-01-03", 3)];
  const history = buildHistory(milkMx, factsOf(milkMx, facts));
  expect(JSON.stringify(buildHistory(milkMx, factsOf(milkMx, [...facts].reverse())))).toBe(JSON.stringify(history));
  expect(validateJson(historyShape, history)).toEqual({ ok: true, value: history });
  expect(history).toMatchObject({
    periods: ["2025-01-03", "2025-01-06"],
    series: [{ is: ["a", "x", "y", "z"], values: [1, null] }, { values: [3, 2] }],
  });
});

test("the history contains the other variables that features read, as far back as they reach", () => {
  const forecast: Forecast = {
    ...milkMx,
    dimensions: [],
    sources: [{ feed: "sniim-milk", variables: ["EUR", "USD"], lag: 0 }],
    variable: "EUR",
    features: [
      { name: "last", kind: "lag", periods: 2 },
      { name: "usd", kind: "lag", periods: 1, variable: "USD" },
    ],
  };
  const fact = (period: string, variable: string, value: number) => ({ series: "[]", variable, period, value });
  const days = ["2016-12-28", "2016-12-29", "2016-12-30"];
  const facts = [
    ...days.map((day, at) => fact(day, "EUR", at)),
    fact("2016-12-29", "USD", 7),
    fact("2016-12-30", "GBP", 8),
  ];
  const history = buildHistory(forecast, factsOf(forecast, facts));
  expect(history).toMatchObject({
    periods: days.slice(1),
    series: [{ is: [], values: [1, 2], others: { USD: [7, null] } }],
  });
  const read = validateJson(historyShape, JSON.parse(JSON.stringify(history)));
  expect(read.ok && panelOfHistory(read.value).series).toEqual([
    { is: [], values: Float64Array.of(1, 2), others: { USD: Float64Array.of(7, Number.NaN) } },
  ]);
});

test("CSV quotes only the cells that need it", () => {
  expect(
    writeCsv(
      ["a", "b"],
      [
        ['say "hi"', 1.5],
        ["one, two", null],
        ["plain", 0],
      ],
    ),
  ).toBe('a,b\r\n"say ""hi""",1.5\r\n"one, two",\r\nplain,0\r\n');
});

test("the nearest allowed text is suggested if it is similar enough", () => {
  expect(nearest("Autoservicio", ["Autoservicios", "Tiendas"])).toBe("Autoservicios");
  expect(nearest("michoacan", ["México", "Michoacán"])).toBe("Michoacán");
  for (const empty of ["", " "]) expect(nearest(empty, ["1", "a"])).toBeUndefined();
  expect(nearest("xyz", ["Autoservicios", "Tiendas"])).toBeUndefined();
});
