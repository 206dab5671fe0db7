/** Features of the next event: computed at the time of the event before it, by one function in training and in serving. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildHistory, historyShape, historyText, panelOfHistory } from "../../shared/api/history.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { validateJson } from "../../shared/lib/validate-json.ts";
import { buildOutlook } from "../../shared/predict/snapshot.ts";
import { servingDeclaration } from "../../shared/registry/build-served.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { trainingDataOf } from "../../shared/sources/training-data.ts";
import { dayFrom, epochDays, shopFacts, type TestPurchase, type TestStatement } from "../support/shop-facts.ts";

function datasetFrom(purchases: readonly TestPurchase[], statements: readonly TestStatement[] = []): Dataset {
  return trainingDataOf(customers, forecastPanel(customers, shopFacts(customers, purchases, statements)));
}

/** Returns the rows of a dataset as objects: day, series, target and every feature. */
function rowsOf(data: Dataset) {
  return Array.from({ length: data.rows }, (_, row) => ({
    day: data.periods[data.period[row] ?? -1] ?? "",
    series: data.series[row],
    target: data.target[row],
    ...Object.fromEntries(
      data.columns.map((column) => [
        column.name,
        column.dtype === "float" ? column.values[row] : column.categories[column.codes[row] ?? -1],
      ]),
    ),
  }));
}

const noon = 43_200;
const purchase = (day: string, amount: number, more: Partial<TestPurchase> = {}): TestPurchase => ({
  customer: "1",
  id: `${day} ${amount}`,
  day,
  second: noon,
  amount,
  ...more,
});

test("the features of a row are those of the earlier purchases, as of the last of them", () => {
  const data = datasetFrom(
    [
      purchase("2025-01-01", 500, { method: 1 }),
      purchase("2025-03-12", 100),
      purchase("2025-04-01", 400, { method: 3 }),
      purchase("2025-06-01", 20),
    ],
    [{ customer: "1", day: "2025-03-31", values: { age: 40, region: 2, signup_date: epochDays("2025-01-01") } }],
  );
  expect(rowsOf(data).map(({ day }) => day)).toEqual(["2025-03-12", "2025-04-01", "2025-06-01"]);
  expect(rowsOf(data)[2]).toEqual({
    day: "2025-06-01",
    series: 0,
    target: 0,
    last_large: 1,
    last_amount: 400,
    days_since_purchase: 20,
    purchases_30: 2,
    amount_30: 500,
    large_share_30: 0.5,
    purchases_90: 2,
    amount_90: 500,
    large_share_90: 0.5,
    purchases_365: 3,
    amount_365: 1000,
    large_share_365: Math.fround(2 / 3),
    amount_mean_365: Math.fround(1000 / 3),
    amount_max_365: 500,
    payment_method: "PayPal",
    age: 40,
    region: "South",
    tenure_days: 90,
    loyalty_points: Number.NaN,
  });
});

test("a statement counts from the day after its file, and is missing before", () => {
  const statement = { customer: "1", day: "2025-03-10", values: { age: 40, loyalty_points: 7 } };
  const days = ["2025-03-01", "2025-03-10", "2025-03-11", "2025-03-20"];
  const data = datasetFrom(
    days.map((day) => purchase(day, 10)),
    [statement],
  );
  // The last event before the three rows is on 1, 10 and 11 March.
  expect(rowsOf(data).map((row) => "age" in row && row.age)).toEqual([Number.NaN, Number.NaN, 40]);
  expect(rowsOf(data)).toMatchObject([{ region: "unknown" }, { region: "unknown" }, { loyalty_points: 7 }]);
});

test("two purchases on one day are two rows, and two at one time do not see each other", () => {
  const first = purchase("2025-01-01", 10);
  const morning = purchase("2025-01-05", 350, { second: 100 });
  const evening = purchase("2025-01-05", 20, { second: 80_000 });
  const rows = rowsOf(datasetFrom([first, morning, evening]));
  expect(rows).toMatchObject([
    { day: "2025-01-05", target: 1, last_amount: 10, purchases_30: 1 },
    { day: "2025-01-05", target: 0, last_amount: 350, purchases_30: 2 },
  ]);
  const together = rowsOf(datasetFrom([first, morning, { ...evening, second: 100 }]));
  expect(together).toMatchObject([
    { last_amount: 10, purchases_30: 1 },
    { last_amount: 10, purchases_30: 1 },
  ]);
});

test("a purchase long after the one before is no row, and a transaction that was moved counts once", () => {
  expect(datasetFrom([purchase("2022-01-01", 10), purchase("2025-01-01", 10)]).rows).toBe(0);
  const moved = [
    purchase("2025-01-01", 10),
    purchase("2025-02-01", 20, { id: "T" }),
    purchase("2025-02-03", 20, { id: "T" }),
  ];
  expect(rowsOf(datasetFrom(moved)).map(({ day }) => day)).toEqual(["2025-02-03"]);
});

const anyPurchase = fc.record({
  customer: fc.constantFrom("1", "2", "3"),
  index: fc.nat(300),
  second: fc.constantFrom(0, 100, noon, 86_399),
  amount: fc.integer({ min: 1, max: 900 }),
  method: fc.option(fc.nat(3), { nil: undefined }),
});
const purchases = fc.array(anyPurchase, { minLength: 3, maxLength: 25 }).map((list) =>
  list.map(
    ({ index, method, ...rest }, at): TestPurchase => ({
      ...rest,
      id: `T${at}`,
      day: dayFrom(index),
      ...(method !== undefined && { method }),
    }),
  ),
);
const statements = fc.array(
  fc.record({ customer: fc.constantFrom("1", "2", "3"), day: fc.nat(300).map(dayFrom), points: fc.nat(2000) }),
  { maxLength: 8 },
);
const toStatements = (list: readonly { readonly customer: string; readonly day: string; readonly points: number }[]) =>
  list.map(({ customer, day, points }) => ({
    customer,
    day,
    values: { loyalty_points: points, age: points % 90, region: points % 4, signup_date: epochDays(day) - points },
  }));

const momentOf = ({ day, second }: TestPurchase) => epochDays(day) + second / 86_400;

test("moving one later transaction changes no row of an earlier purchase", () => {
  fc.assert(
    fc.property(purchases, fc.nat(), fc.nat(300), (list, pick, index) => {
      const moved = list[pick % list.length];
      if (!moved) return;
      const later = { ...moved, day: dayFrom(index), amount: 1000 - moved.amount };
      const from = [moved.day, later.day].sort()[0] ?? "";
      const early = (all: readonly TestPurchase[]) => rowsOf(datasetFrom(all)).filter(({ day }) => day < from);
      const others = list.filter((one) => one !== moved);
      // The series are those of all customers with a purchase, in order.
      const names = [...new Set(list.map(({ customer }) => customer))].sort();
      const first = names.map((customer) => purchase("2024-12-01", 5, { customer, id: `first ${customer}` }));
      expect(early([...first, ...others, later])).toEqual(early([...first, ...list]));
    }),
    { numRuns: 100 },
  );
});

test("changing a customers file changes no row whose last purchase was before the end of the file's day", () => {
  fc.assert(
    fc.property(purchases, statements, fc.nat(300).map(dayFrom), (list, attributes, day) => {
      const changed = attributes.map((one) => (one.day < day ? one : { ...one, points: one.points + 1 }));
      const before = rowsOf(datasetFrom(list, toStatements(attributes)));
      const after = rowsOf(datasetFrom(list, toStatements(changed)));
      expect(after).toHaveLength(before.length);
      const sorted = [...list].sort((a, b) => momentOf(a) - momentOf(b));
      for (const [at, row] of before.entries()) {
        // Every purchase before the row's day is before the file counts.
        const isEarly = sorted.every((one) => one.day > row.day || momentOf(one) < epochDays(day) + 1);
        if (isEarly) expect(after[at]).toEqual(row);
      }
    }),
    { numRuns: 100 },
  );
});

test("serving computes the features of training: from the stored history, for every customer, after every day", () => {
  const served = servingDeclaration(customers);
  fc.assert(
    fc.property(purchases, statements, fc.integer({ min: 20, max: 300 }), (list, attributes, index) => {
      const end = dayFrom(index);
      const all = shopFacts(customers, list, toStatements(attributes));
      const known = new Map([...all].map(([feed, facts]) => [feed, facts.filter(({ period }) => period <= end)]));
      if ((known.get(customers.sources[0]?.feed ?? "") ?? []).length === 0) return;
      const text = historyText(buildHistory(customers, known), 1);
      const read = validateJson(historyShape, JSON.parse(text));
      if (!read.ok) throw new Error(read.error);
      const outlook = buildOutlook(served as Parameters<typeof buildOutlook>[0], read.value);
      if (!outlook.ok) throw new Error(outlook.error);
      const panel = forecastPanel(customers, all);
      const rows = rowsOf(trainingDataOf(customers, panel));
      for (const [position, { is }] of panelOfHistory(read.value).series.entries()) {
        const series = panel.series.findIndex((one) => one.is.join() === is.join());
        // The first purchase after the history: everything before it is known.
        const next = rows.find((row) => row.series === series && row.day > end);
        if (next === undefined) continue;
        for (const { name } of customers.features)
          expect(outlook.value.columns[name]?.at(position), name).toEqual(Object(next)[name]);
      }
    }),
    { numRuns: 150 },
  );
});
