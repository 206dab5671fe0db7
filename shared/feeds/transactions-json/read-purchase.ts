/** Reads one completed transaction. */
import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";
import { describeHidden } from "../personal/describe-hidden.ts";
import { readCategory } from "../personal/read-category.ts";
import { idForm, readId } from "../personal/read-id.ts";
import { readTimestamp, type Timestamp } from "./read-timestamp.ts";

export type PurchaseRow = Readonly<Record<string, unknown>>;

export const paymentMethods = ["Cash", "Credit Card", "Debit Card", "PayPal"] as const;

/** The customer and the time of a transaction. */
export interface Buyer extends Timestamp {
  readonly customer: string;
}

export interface Purchase extends Buyer {
  readonly amount: number;
  /** Position in `paymentMethods`; null if the transaction states none; undefined if it states an unknown one. */
  readonly paymentMethod: number | null | undefined;
}

export type Refused = Pick<Problem, "reason" | "expected" | "found" | "column">;

/** Amounts are in this currency. Others are rejected, because there is no source of exchange rates. */
const currency = "USD";
const amountMax = 1e6;

/** Returns the customer and the time of a transaction, or the first reason to reject it. A time after `arrivedAt` is rejected. */
export function readBuyer(row: PurchaseRow, arrivedAt: number): Result<Buyer, Refused> {
  const customer = readId(row.customer_id);
  if (customer === null) return refused(row, "customer_id", { reason: "no-id", expected: idForm });
  const time = readTimestamp(row.timestamp);
  if (!time.ok) return refused(row, "timestamp", time.error);
  if (time.value.instant > arrivedAt)
    return refused(row, "timestamp", { reason: "future-time", expected: "a time before the arrival of the file" });
  return success({ customer, ...time.value });
}

/** Returns the purchase, or the first reason to reject it. A time after `arrivedAt` (milliseconds) is rejected. */
export function readPurchase(row: PurchaseRow, arrivedAt: number): Result<Purchase, Refused> {
  const buyer = readBuyer(row, arrivedAt);
  if (!buyer.ok) return buyer;
  if (typeof row.currency !== "string" || row.currency.trim().toUpperCase() !== currency)
    return refused(row, "currency", { reason: "other-currency", expected: currency });
  const amount = readAmount(row.amount);
  if (!amount.ok) return refused(row, "amount", amount.error);
  return success({ ...buyer.value, amount: amount.value, paymentMethod: readMethod(row.payment_method) });
}

/** Returns the names of the states of a transaction that are not purchases, or `completed`; null if the state is unknown. */
export function readStatus(value: unknown): "completed" | "pending" | "failed" | null {
  const status = typeof value === "string" ? value.trim().toLowerCase() : "";
  return status === "completed" || status === "pending" || status === "failed" ? status : null;
}

function readAmount(value: unknown): Result<number, Pick<Problem, "reason" | "expected">> {
  if (typeof value !== "number" || !Number.isFinite(value))
    return failure({ reason: "no-number", expected: "a number, without quotes" });
  if (value === 0) return failure({ reason: "zero-amount", expected: "an amount above 0" });
  if (value < 0)
    return failure({ reason: "negative-amount", expected: "an amount above 0; a refund is not a purchase" });
  if (value > amountMax) return failure({ reason: "out-of-range", expected: `an amount up to ${amountMax}` });
  return success(value);
}

function readMethod(value: unknown): number | null | undefined {
  if (value === undefined || value === null || value === "") return null;
  return (typeof value === "string" ? readCategory(value, paymentMethods) : null) ?? undefined;
}

function refused(row: PurchaseRow, column: string, reason: Pick<Problem, "reason" | "expected">) {
  return failure({ ...reason, column, found: foundIn(row[column], column) });
}

/** A code of three letters is not a name. */
function foundIn(value: unknown, column: string): string {
  return column === "currency" && typeof value === "string" && /^[A-Za-z]{3}$/.test(value)
    ? value
    : describeHidden(value);
}
