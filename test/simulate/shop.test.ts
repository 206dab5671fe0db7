import { expect, test } from "vitest";
import { customersCsv } from "../../shared/feeds/customers-csv.ts";
import { countReasons } from "../../shared/feeds/hold.ts";
import { parsePublication } from "../../shared/feeds/parse-publication.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { purchasesUntil, shopCustomers } from "../../trainer/simulate/shop.ts";
import { shopFiles } from "../../trainer/simulate/shop-files.ts";

const until = "2026-11-30";
const customers = shopCustomers("almanac", until);
const files = shopFiles({ seed: "almanac", firstDay: "2024-11-29", until });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("two thousand customers buy for two years, and each month ends with a file of customers and one of transactions", () => {
  expect(customers).toHaveLength(2_000);
  expect(files).toHaveLength(48);
  expect(files.slice(0, 2).map(({ name, day }) => `${day} ${name}`)).toEqual([
    "2024-12-01 synthetic-customers_2024-11-30.csv",
    "2024-12-01 synthetic-transactions_2024-11.json",
  ]);
  expect(files.at(-1)?.name).toBe("synthetic-transactions_2026-10.json");
});

test("the same seed gives the same bytes, another seed others, and files up to a day do not depend on later days", () => {
  const early = shopFiles({ seed: "almanac", firstDay: "2024-11-29", until: "2025-02-01" });
  expect(early).toHaveLength(6);
  for (const [at, { name, bytes }] of early.entries()) {
    expect(files[at]?.name).toBe(name);
    expect(text(files[at]?.bytes ?? new Uint8Array())).toBe(text(bytes));
  }
  const [, other] = shopFiles({ seed: "other", firstDay: "2025-01-01", until: "2025-02-01" });
  expect(text(other?.bytes ?? new Uint8Array())).not.toBe(text(early[5]?.bytes ?? new Uint8Array()));
});

test("every name, address and file is labelled synthetic", () => {
  expect(files.filter(({ name }) => !name.startsWith("synthetic-"))).toEqual([]);
  const lines = text(files[0]?.bytes ?? new Uint8Array())
    .split("\n")
    .slice(1, -1);
  expect(lines.length).toBeGreaterThan(1_500);
  expect(
    lines.filter((line) => !/^\d+,Synthetic Person \d+,(person\d+@synthetic\.example)?,.*,true$/.test(line)),
  ).toEqual([]);
});

test("the feeds read the files: attributes may be missing, and pending, failed and foreign transactions do not count", async () => {
  const [people, month] = files;
  if (!people || !month) throw new Error("no files");
  const arrivedAt = "2026-11-30T12:00:00Z";
  const attributes = await parsePublication(customersCsv, people.bytes, { name: people.name, arrivedAt });
  expect(attributes).toMatchObject({ problems: [], synthetic: true });
  expect(new Set(attributes.observations.map(({ period }) => period))).toEqual(new Set(["2024-11-30"]));
  const known = (name: string) => attributes.observations.filter(({ variable }) => variable === name).length;
  expect(known("age") / known("region")).toBeGreaterThan(0.88);
  expect(known("age") / known("region")).toBeLessThan(0.96);

  const purchases = await parsePublication(transactionsJson, month.bytes, { name: month.name, arrivedAt });
  expect(purchases.synthetic).toBe(true);
  const reasons = countReasons(purchases.problems);
  expect(Object.keys(reasons).sort()).toEqual(["no-zone", "other-currency"]);
  for (const skipped of ["pending", "failed", "repeated"])
    expect(purchases.skipped[skipped], skipped).toBeGreaterThan(0);
  expect(purchases.observations.length).toBeGreaterThan(1_500);
});

test("the next purchase can be forecast: after a large one, from the South and by credit card it is large more often", () => {
  const pairs = customers.flatMap((customer) => {
    const purchases = purchasesUntil(customer, until);
    return purchases.slice(1).map((next, at) => ({
      customer,
      before: (purchases[at]?.amount ?? 0) > 300,
      card: next.paymentMethod === "Credit Card",
      large: next.amount > 300,
    }));
  });
  const share = (of: typeof pairs) => of.filter(({ large }) => large).length / of.length;
  expect(pairs.length).toBeGreaterThan(15_000);
  expect(share(pairs)).toBeGreaterThan(0.12);
  expect(share(pairs)).toBeLessThan(0.3);
  expect(share(pairs.filter(({ before }) => before))).toBeGreaterThan(2 * share(pairs.filter(({ before }) => !before)));
  const isSouth = (pair: (typeof pairs)[number]) => pair.customer.region === "South";
  expect(share(pairs.filter(isSouth))).toBeGreaterThan(1.2 * share(pairs.filter((pair) => !isSouth(pair))));
  expect(share(pairs.filter(({ card }) => card))).toBeGreaterThan(1.2 * share(pairs.filter(({ card }) => !card)));
});
