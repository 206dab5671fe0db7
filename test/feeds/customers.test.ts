/** The two feeds about customers: the real samples, and what never leaves `raw/`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { customersCsv } from "../../shared/feeds/customers-csv.ts";
import { countReasons, reasonToHold } from "../../shared/feeds/hold.ts";
import { parsePublication } from "../../shared/feeds/parse-publication.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { compact, goldenArrival } from "../support/golden.ts";

const folder = "../shared/data/customers";
const isHere = existsSync(folder);
if (!isHere) console.log(`skipped: the samples of customers are read from ${folder}, which is not there`);
const arrivedAt = "2025-11-01T09:00:00Z";
const utf8 = (text: string) => new TextEncoder().encode(text);

test.skipIf(!isHere)(
  "all ten customers of the sample stay, also those without age, e-mail or last purchase",
  async () => {
    const name = "customers_example.csv";
    const { observations, problems, skipped } = await parsePublication(
      customersCsv,
      readFileSync(`${folder}/${name}`),
      {
        name,
        arrivedAt,
      },
    );
    expect(new Set(observations.map(({ series }) => series.customer_id)).size).toBe(10);
    expect(observations).toHaveLength(48);
    expect({ problems, skipped }).toEqual({ problems: [], skipped: { empty: 2 } });
    expect(new Set(observations.map(({ period }) => period))).toEqual(new Set(["2025-11-01"]));
  },
);

test.skipIf(!isHere)("of the ten transactions of the sample the seven completed ones are purchases", async () => {
  const name = "transactions_example.json";
  const parsed = await parsePublication(transactionsJson, readFileSync(`${folder}/${name}`), { name, arrivedAt });
  const amounts = parsed.observations.filter(({ variable }) => variable === "amount");
  expect(amounts.map(({ value }) => value)).toEqual([250.5, 180, 420, 150, 350.25, 285.4, 520]);
  expect(parsed.problems).toEqual([]);
  expect(parsed.skipped).toEqual({ pending: 2, failed: 1 });
});

test("a name or an e-mail address is in no observation and in no problem, in any column", async () => {
  const header = "customer_id,name,email,age,region,signup_date,last_purchase,loyalty_points".split(",");
  const person = fc.constantFrom("Zoë Quimby", "zoe@quimby.example", "Quimby", '"Quimby, Zoë"');
  const plain = fc.constantFrom("", "7", "34", "West", "2021-05-14", "1e5");
  const cell = fc.oneof(person, plain);
  const rows = fc.array(fc.array(cell, { minLength: 7, maxLength: 9 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rows, fc.shuffledSubarray(header, { minLength: 7 }), async (lines, columns) => {
      const text = [columns, ...lines].map((line) => line.join(",")).join("\n");
      const parsed = await parsePublication(customersCsv, utf8(text), { name: "customers.csv", arrivedAt });
      expect(JSON.stringify(parsed)).not.toMatch(/zo[eë]|quimby/i);
    }),
    { numRuns: 150 },
  );
});

test("no text of a transaction is in a problem, except currencies of three letters", async () => {
  const value = fc.constantFrom("Zoë Quimby", "zoe@quimby.example", null, 7, -1, "", { a: "Quimby" }, ["Quimby"], true);
  const names = ["transaction_id", "customer_id", "amount", "currency", "timestamp", "payment_method", "status"];
  const row = fc.record(Object.fromEntries(names.map((name) => [name, value])));
  const completed = row.map((one) => ({ ...one, transaction_id: "T1", status: "Completed" }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(row, completed, value), { maxLength: 5 }), async (list) => {
      const bytes = utf8(JSON.stringify(list));
      const parsed = await parsePublication(transactionsJson, bytes, { name: "t.json", arrivedAt });
      expect(JSON.stringify(parsed)).not.toMatch(/zo[eë]|quimby/i);
    }),
    { numRuns: 150 },
  );
});

test("what the golden files contain quotes no name and no address of its source", () => {
  const goldens = [customersCsv, transactionsJson].flatMap(({ id }) => {
    const at = `test/fixtures/feeds/${id}`;
    const files = readdirSync(at).filter((name) => name.endsWith(".json") && !name.endsWith(".source.json"));
    return files.map((name) => readFileSync(`${at}/${name}`, "utf8"));
  });
  expect(goldens.length).toBeGreaterThan(40);
  for (const text of goldens) expect(text).not.toMatch(/alice|bob|smith|johnson|@|charlie|henry|ivy|david/i);
});

test("a customers file of another day is another period, so it replaces no earlier attribute", async () => {
  const lines = "customer_id,age,loyalty_points\n1,29,1200\n";
  const parse = (name: string) => parsePublication(customersCsv, utf8(lines), { name, arrivedAt });
  const october = await parse("customers_2025-10-01.csv");
  const november = await parse("customers_2025-11-01.csv");
  expect(compact(october).observations).toEqual(["2025-10-01 1 age 29", "2025-10-01 1 loyalty_points 1200"]);
  expect(compact(november).observations).toEqual(["2025-11-01 1 age 29", "2025-11-01 1 loyalty_points 1200"]);
});

test("a customers file that is dated after its arrival gives nothing", async () => {
  const origin = { name: "customers_2025-11-02.csv", arrivedAt };
  const parsed = await parsePublication(customersCsv, utf8("customer_id,age\n1,29\n"), origin);
  expect(parsed.observations).toEqual([]);
  expect(countReasons(parsed.problems)).toMatchObject({ "future-period": 1 });
});

test("lines in any order give the same purchases, and any cut of the file gives none", async () => {
  const rows = Array.from({ length: 6 }, (_, at) => ({
    transaction_id: `T${at}`,
    customer_id: at % 3,
    amount: 100 + at,
    currency: "USD",
    timestamp: `2025-10-1${at}T10:00:00Z`,
    payment_method: "Cash",
    status: at % 3 === 0 ? "Pending" : "Completed",
  }));
  const parse = (text: string) => parsePublication(transactionsJson, utf8(text), { name: "t.json", arrivedAt });
  const sorted = async (text: string) => compact(await parse(text)).observations.toSorted();
  const whole = JSON.stringify(rows);
  const expected = await sorted(whole);
  expect(expected).toHaveLength(12);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(rows, { minLength: 6 }),
      fc.nat(whole.length - 1),
      async (shuffled, length) => {
        expect(await sorted(JSON.stringify(shuffled))).toEqual(expected);
        const cut = await parse(whole.slice(0, length));
        expect(cut.observations).toEqual([]);
        expect(cut.problems).toHaveLength(1);
      },
    ),
    { numRuns: 40 },
  );
});

test("a failed transaction takes back its amount; a pending one, one without a readable customer or one of the future does not", async () => {
  const line = { customer_id: 1, amount: 5, currency: "USD", timestamp: "2025-10-18T23:30:00-05:00" };
  const list = [
    { ...line, transaction_id: "T1", status: "Failed" },
    { ...line, transaction_id: "T2", status: "Pending" },
    { ...line, transaction_id: "T3", status: "Failed", customer_id: null },
    { ...line, transaction_id: "T4", status: "Completed" },
    // The year 10000 in UTC.
    { ...line, transaction_id: "T5", status: "Failed", timestamp: "9999-12-31T23:30:00-05:00" },
    { ...line, transaction_id: "T6", status: "Failed", timestamp: null },
  ];
  const parsed = await parsePublication(transactionsJson, utf8(JSON.stringify(list)), { name: "t.json", arrivedAt });
  const series = { customer_id: "1", transaction_id: "T1" };
  expect(parsed.retracted).toEqual([{ series, variable: "amount", period: "2025-10-19" }]);
  expect(parsed.problems.map(({ reason, row, column, values }) => [reason, row, column, values])).toEqual([
    ["no-id", 3, "customer_id", 0],
    ["future-time", 5, "timestamp", 0],
    ["unreadable-time", 6, "timestamp", 0],
  ]);
});

test("golden arrival: a time after the arrival is not a purchase yet", async () => {
  const at = (timestamp: string) =>
    JSON.stringify([
      { transaction_id: "T1", customer_id: 1, amount: 5, currency: "USD", timestamp, status: "Completed" },
    ]);
  const parse = (timestamp: string) =>
    transactionsJson.parse(utf8(at(timestamp)), { name: "t", arrivedAt: goldenArrival });
  expect((await parse("2026-11-20T23:30:00Z")).observations).toHaveLength(2);
  expect(countReasons((await parse("2026-11-20T23:30:01Z")).problems)).toEqual({ "future-time": 1 });
});

test("a customers file without most known customers is held, and the reason names none of them", () => {
  const { limits, personal } = customersCsv;
  const counts = { observations: 3, problems: [], series: new Set(['["1"]']) };
  const known = ["1", "2", "3"].map((id) => `["${id}"]`);
  expect(reasonToHold({ ...counts, personal }, known, limits)).toBe(
    "2 of 3 known series are missing (66.7 %); the limit is 50 %",
  );
});
