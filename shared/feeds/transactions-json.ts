/**
 * The transactions of a shop: a list of events with a timestamp. Personal data.
 *
 *     [{"transaction_id":"T001","customer_id":1,"amount":250.50,"currency":"USD",
 *       "timestamp":"2025-10-18T14:32:00Z","payment_method":"Credit Card","status":"Completed"}, …]
 *
 * A completed transaction is a purchase. Its series is the customer and the transaction, so two purchases of one day are two
 * series. Its period is the UTC day of the timestamp; `second_of_day` is the time within the day. A timestamp without a zone
 * is read as UTC, and the file gets the remark `no-zone`.
 *
 * A generator marks its files: `"synthetic": true` in a transaction means that all data of the file is synthetic.
 *
 * Pending and failed transactions are skipped. Of one id in a file, a pending line is replaced by a later state; equal lines
 * count once; lines that disagree are all rejected.
 *
 * Of one id in several files, the newest file that states it counts, with its customer, time, amount and payment method
 * (`identity`). A pending line is an earlier state, so it changes nothing. A failed line retracts the purchase; the flow reports a
 * stored one as `retracted-value`. An id with another customer is reported as `moved-series`. These two reports name ids. If the
 * newest file is wrong, withdraw its ingest: the purchase of the file before it counts again.
 *
 * Reasons of problems. None quotes a text of the file. The row is the position in the list, from 1:
 * - A transaction: `no-transaction` (not an object), `no-id`, `unknown-status`, `contradicting-transactions`,
 *   `unreadable-time`, `implausible-time`, `future-time`, `other-currency`, `no-number`, `zero-amount`, `negative-amount`,
 *   `out-of-range`.
 * - A value: `unknown-payment-method`; the purchase stays.
 * - A failed line that retracts nothing (remark): `no-id`, `unreadable-time`, `implausible-time`, `future-time`.
 * - A file: `too-large`, `not-text`, `not-json`, `too-complex`, `unexpected-shape`, `too-many-cells`. Remark: `no-zone`.
 */
import type { Feed } from "./feed.ts";
import { refusedFile } from "./problem.ts";
import { openList } from "./transactions-json/open-list.ts";
import { paymentMethods } from "./transactions-json/read-purchase.ts";
import { readTransactions } from "./transactions-json/read-transactions.ts";

const limits: Feed["limits"] = {
  // 40,000 transactions, 190 bytes each.
  bytesMax: 8_000_000,
  unzippedBytesMax: 8_000_000,
  cellsMax: 280_000,
  problemsMax: 2_000,
  problemRateMax: 0.2,
  // Every transaction is a series, and a file contains only new ones.
  seriesLostMax: 1,
  contradictedMax: 0.05,
  correctedDays: 0,
};

export const transactionsJson: Feed = {
  id: "transactions-json",
  title: "Completed purchases of customers",
  translations: { es: { title: "Compras completadas de los clientes" } },
  publisher: "The shop",
  homepage: "",
  personal: true,
  dimensions: ["customer_id", "transaction_id"],
  identity: "transaction_id",
  variables: {
    amount: { title: "Amount", unit: "USD" },
    second_of_day: { title: "Time within the UTC day", unit: "seconds" },
    payment_method: { title: "Payment method", unit: "category", categories: paymentMethods },
  },
  granularity: "day",
  timezone: "UTC",
  partitionBy: "month",
  limits,
  file: {
    extension: ".json",
    contentTypes: ["application/json", "text/json", "application/octet-stream"],
    magic: "",
  },
  source: { baseUrl: "", hosts: [], enough: "first", requests: () => [] },
  publishedOn: () => null,
  async parse(bytes, { arrivedAt }) {
    const list = openList(bytes, limits);
    return list.ok ? readTransactions(list.value, { arrivedAt, limits }) : refusedFile(list.error);
  },
};
