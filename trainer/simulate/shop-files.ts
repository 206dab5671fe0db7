/**
 * The files that the simulated shop uploads, with the quirks of the real samples: on the first day of a month the customers as
 * of the day before, and the transactions of the month that ended. Names, addresses and files are labelled synthetic, and each file
 * contains the mark by which its feed recognizes synthetic data.
 */

import { customersCsv } from "../../shared/feeds/customers-csv.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { addPeriods, enclosingPeriod, lastDayOf } from "../../shared/period.ts";
import { type Customer, pointsAt, purchasesUntil, shopCustomers, type Transaction } from "./shop.ts";
import type { SimulatedUpload } from "./upload.ts";

export interface ShopSettings {
  readonly seed: string | number;
  /** The first month with files contains this day. */
  readonly firstDay: string;
  /** The last file is one of the last month that ended by this day. */
  readonly until: string;
  /** Number of customers; by default 2,000. */
  readonly customers?: number;
}

/** Of so many transactions one has a timestamp without a zone, and one is written twice. */
const QUIRK_EVERY = 500;

/** Returns the files in the order of their days, for each month customers first. The files up to a day do not depend on later days. */
export function shopFiles({ seed, firstDay, until, customers: count }: ShopSettings): SimulatedUpload[] {
  const customers = shopCustomers(seed, until, count);
  const files: SimulatedUpload[] = [];
  for (let month = enclosingPeriod(firstDay, "month"); lastDayOf(month) < until; month = addPeriods(month, 1)) {
    const day = lastDayOf(month);
    const uploadedOn = addDays(day, 1);
    files.push(
      {
        feed: customersCsv.id,
        name: `synthetic-customers_${day}.csv`,
        day: uploadedOn,
        bytes: customersFile(customers, day),
      },
      {
        feed: transactionsJson.id,
        name: `synthetic-transactions_${month}.json`,
        day: uploadedOn,
        bytes: transactionsFile(customers, month),
      },
    );
  }
  return files;
}

const header = "customer_id,name,email,age,region,signup_date,last_purchase,loyalty_points,synthetic";

function customersFile(customers: readonly Customer[], day: string): Uint8Array<ArrayBuffer> {
  const lines = customers
    .filter(({ signupDay }) => signupDay <= day)
    .map((customer) => {
      const { id, hasEmail, age, region, signupDay } = customer;
      const email = hasEmail ? `person${id}@synthetic.example` : "";
      const last = purchasesUntil(customer, day).at(-1)?.day ?? "";
      const points = pointsAt(customer, day);
      return [id, `Synthetic Person ${id}`, email, age ?? "", region, signupDay, last, points, true].join(",");
    });
  return encodeUtf8([header, ...lines, ""].join("\n"));
}

function transactionsFile(customers: readonly Customer[], month: string): Uint8Array<ArrayBuffer> {
  const rows = customers
    .flatMap(({ id, transactions }) =>
      transactions
        .filter(({ day }) => day.startsWith(month))
        .map((transaction) => ({ customer: id, transaction, time: timeOf(transaction) })),
    )
    .sort((a, b) => (a.time < b.time ? -1 : 1))
    .map(({ customer, transaction, time }, at) =>
      rowOf(customer, transaction, at % QUIRK_EVERY === 1 ? time : `${time}Z`),
    );
  const repeated = rows.filter((_, at) => at % QUIRK_EVERY === 2);
  return encodeUtf8(JSON.stringify([...rows, ...repeated], null, 1));
}

function rowOf(customer: number, transaction: Transaction, timestamp: string) {
  const { id, amount, currency, paymentMethod, status } = transaction;
  return {
    transaction_id: id,
    customer_id: customer,
    amount,
    currency,
    timestamp,
    payment_method: paymentMethod,
    status,
    synthetic: true,
  };
}

function timeOf({ day, second }: Transaction): string {
  return `${day}T${new Date(second * 1000).toISOString().slice(11, 19)}`;
}
