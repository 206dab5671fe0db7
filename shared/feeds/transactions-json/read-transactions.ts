/** Reads a list of transactions: skips those that are not purchases, and rejects ids whose lines disagree. */
import { dayMs } from "../../lib/durations.ts";
import type { Blank, FeedLimits, Observation, Parsed, Problem } from "../feed.ts";
import { describeHidden } from "../personal/describe-hidden.ts";
import { idForm, readId } from "../personal/read-id.ts";
import { problem } from "../problem.ts";
import { ProblemList } from "../problem-list.ts";
import {
  type Purchase,
  type PurchaseRow,
  paymentMethods,
  readBuyer,
  readPurchase,
  readStatus,
} from "./read-purchase.ts";
import { readTimestamp } from "./read-timestamp.ts";

/** One line of the file with a known status. */
interface Line {
  readonly row: number;
  readonly status: "completed" | "pending" | "failed";
  readonly content: PurchaseRow;
}

interface Reading {
  readonly arrivedAt: number;
  readonly problems: ProblemList;
  readonly skipped: Map<string, number>;
  readonly observations: Observation[];
  /** The amounts of failed transactions, which another file may state as purchases. */
  readonly retracted: Blank[];
  withoutZone: number;
}

/** Observations of one purchase. */
const valuesOfPurchase = 3;
const dayLength = "YYYY-MM-DD".length;

/** Parses the rows of a list. O(rows). */
export function readTransactions(
  rows: readonly unknown[],
  { arrivedAt, limits }: { readonly arrivedAt: string; readonly limits: FeedLimits },
): Parsed {
  const instant = Date.parse(arrivedAt);
  const reading: Reading = {
    arrivedAt: Number.isNaN(instant) ? Number.POSITIVE_INFINITY : instant,
    problems: new ProblemList(limits.problemsMax),
    skipped: new Map(),
    observations: [],
    retracted: [],
    withoutZone: 0,
  };
  for (const [id, lines] of linesById(rows, reading)) addTransaction(reading, id, lines);
  if (reading.withoutZone > 0) {
    const found = `${reading.withoutZone} timestamps without a zone`;
    reading.problems.add(problem("no-zone", { found, expected: "a zone; they are read as UTC", values: 0 }));
  }
  const { observations, retracted, problems, skipped } = reading;
  const isSynthetic = rows.some((row) => isRow(row) && row["synthetic"] === true);
  return {
    observations,
    retracted,
    problems: problems.list(),
    skipped: Object.fromEntries(skipped),
    ...(isSynthetic && { synthetic: true }),
  };
}

function linesById(rows: readonly unknown[], reading: Reading): Map<string, Line[]> {
  const byId = new Map<string, Line[]>();
  for (const [at, content] of rows.entries()) {
    const row = at + 1;
    if (!isRow(content)) {
      reject(reading, row, {
        reason: "no-transaction",
        column: null,
        found: describeHidden(content),
        expected: "an object",
      });
      continue;
    }
    const id = readId(content.transaction_id);
    const status = readStatus(content.status);
    const found = (column: string) => ({ column, found: describeHidden(content[column]) });
    if (id === null) reject(reading, row, { reason: "no-id", expected: idForm, ...found("transaction_id") });
    else if (status === null)
      reject(reading, row, { reason: "unknown-status", expected: "Completed, Pending or Failed", ...found("status") });
    else {
      const line: Line = { row, status, content };
      const lines = byId.get(id);
      if (lines) lines.push(line);
      else byId.set(id, [line]);
    }
  }
  return byId;
}

/** Adds the purchase of one id. A pending line is an earlier state of the same transaction. */
function addTransaction(reading: Reading, id: string, lines: readonly Line[]): void {
  const settled = lines.filter(({ status }) => status !== "pending");
  skip(reading, "pending", lines.length - settled.length);
  const [first, ...others] = settled;
  if (!first) return;
  if (settled.every(({ status }) => status === "failed")) {
    skip(reading, "failed", settled.length);
    for (const line of settled) retract(reading, id, line);
    return;
  }
  if (others.some((other) => contentOf(other) !== contentOf(first))) {
    const found = `lines of one transaction that disagree: ${settled.map(({ row }) => row).join(", ")}`.slice(0, 100);
    for (const { row } of settled)
      reject(reading, row, { reason: "contradicting-transactions", column: null, found, expected: "equal lines" });
    return;
  }
  skip(reading, "repeated", others.length);
  const read = readPurchase(first.content, reading.arrivedAt);
  if (!read.ok) reject(reading, first.row, read.error);
  else addPurchase(reading, { id, row: first.row, purchase: read.value });
}

/** Returns a text that is equal for lines of equal content. The same time may be in two zones. */
function contentOf({ status, content }: Line): string {
  const { customer_id, amount, currency, timestamp, payment_method } = content;
  const time = readTimestamp(timestamp);
  return JSON.stringify([
    status,
    String(customer_id),
    amount,
    currency,
    time.ok ? time.value.instant : timestamp,
    payment_method,
  ]);
}

function addPurchase(
  reading: Reading,
  { id, row, purchase }: { readonly id: string; readonly row: number; readonly purchase: Purchase },
): void {
  const { customer, amount, instant, hasZone, paymentMethod } = purchase;
  const series = { customer_id: customer, transaction_id: id };
  const period = dayOf(instant);
  const second = (((instant % dayMs) + dayMs) % dayMs) / 1000;
  if (!hasZone) reading.withoutZone++;
  reading.observations.push(
    { series, variable: "amount", period, value: amount },
    { series, variable: "second_of_day", period, value: second },
  );
  if (typeof paymentMethod === "number")
    reading.observations.push({ series, variable: "payment_method", period, value: paymentMethod });
  else if (paymentMethod === undefined) {
    const expected = `one of ${paymentMethods.join(", ")}, or none`;
    const found = "another text";
    reading.problems.add(problem("unknown-payment-method", { row, column: "payment_method", period, found, expected }));
  }
}

/**
 * Retracts the amount of a failed transaction; with it all else that other files state of its id (`identity`). A line without a
 * readable customer or time, or with a time after the arrival, retracts nothing; it loses no value, so its problem is a remark.
 */
function retract({ retracted, problems, arrivedAt }: Reading, id: string, { row, content }: Line): void {
  const buyer = readBuyer(content, arrivedAt);
  if (!buyer.ok) {
    problems.add(problem(buyer.error.reason, { ...buyer.error, row, values: 0 }));
    return;
  }
  const series = { customer_id: buyer.value.customer, transaction_id: id };
  retracted.push({ series, variable: "amount", period: dayOf(buyer.value.instant) });
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, dayLength);
}

function reject(
  { problems }: Reading,
  row: number,
  { reason, ...detail }: Omit<Problem, "row" | "period" | "values">,
): void {
  problems.add(problem(reason, { ...detail, row, values: valuesOfPurchase }));
}

function skip({ skipped }: Reading, category: string, count: number): void {
  if (count > 0) skipped.set(category, (skipped.get(category) ?? 0) + count);
}

function isRow(value: unknown): value is PurchaseRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
