/**
 * Simulates a shop: customers with attributes, and their transactions. Every value is synthetic. What can be forecast: some
 * customers usually spend more, and older ones, those of the South and those who pay by credit card do too.
 */
import { regions } from "../../shared/feeds/customers-csv/attributes.ts";
import { paymentMethods } from "../../shared/feeds/transactions-json/read-purchase.ts";
import { addDays, daysBetween } from "../../shared/lib/calendar.ts";
import { type Random, randomFrom } from "./random.ts";

/** Default number of customers. */
const CUSTOMERS = 2_000;
/** Customers register on days of four years from here on. */
const OPENS = "2021-01-01";
const REGISTRATION_DAYS = 1_461;

const AGE = { from: 18, to: 80, missing: 0.08 };
const WITHOUT_EMAIL = 0.25;
/** Days between two purchases: the median over customers, and the deviation of the logarithm between customers. */
const GAP = { median: 70, deviation: 0.5 };
/** Deviations of the logarithm of an amount: between customers, from purchase to purchase, and its slow change. */
const SPEND = { mean: 4.85, customer: 0.6, purchase: 0.5, mood: 0.25, moodMemory: 0.8 };
const SOUTH = 0.25;
const CREDIT_CARD = 0.3;
/** Per year of age above the middle. */
const PER_YEAR = 0.008;
const POINTS_PER_DOLLAR = 0.1;
const STATUS = { pending: 0.04, failed: 0.03 };
const FOREIGN = 0.01;

export interface Customer {
  readonly id: number;
  readonly hasEmail: boolean;
  /** Null if it is not known. */
  readonly age: number | null;
  readonly region: string;
  readonly signupDay: string;
  /** Oldest first. */
  readonly transactions: readonly Transaction[];
}

export interface Transaction {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  /** UTC day and second. */
  readonly day: string;
  readonly second: number;
  readonly paymentMethod: string;
  readonly status: "Completed" | "Pending" | "Failed";
}

/**
 * Returns the customers who registered up to a day, with their transactions up to it. They depend neither on later days nor on
 * the number of customers.
 */
export function shopCustomers(seed: string | number, until: string, count = CUSTOMERS): Customer[] {
  const random = randomFrom(seed).substream("shop");
  const all = Array.from({ length: count }, (_, at) => customerOf(random.substream(String(at)), at + 1, until));
  return all.filter(({ signupDay }) => signupDay <= until);
}

function customerOf(random: Random, id: number, until: string): Customer {
  const signupDay = addDays(OPENS, random.integer(REGISTRATION_DAYS));
  const years = AGE.from + random.integer(AGE.to - AGE.from + 1);
  const region = regions[random.integer(regions.length)] ?? regions[0];
  const hasEmail = random.uniform() >= WITHOUT_EMAIL;
  const age = random.uniform() < AGE.missing ? null : years;
  const usual =
    SPEND.mean +
    SPEND.customer * random.normal() +
    (region === "South" ? SOUTH : 0) +
    PER_YEAR * (years - (AGE.from + AGE.to) / 2);
  const gapDays = GAP.median * Math.exp(GAP.deviation * random.normal());
  const favourite = random.integer(paymentMethods.length);
  const habits = { id, usual, gapDays, favourite };
  return { id, hasEmail, age, region, signupDay, transactions: transactionsOf(random, habits, { signupDay, until }) };
}

interface Habits {
  readonly id: number;
  /** Mean of the logarithm of an amount. */
  readonly usual: number;
  readonly gapDays: number;
  /** Position of the payment method that is used most. */
  readonly favourite: number;
}

function transactionsOf(
  random: Random,
  { id, usual, gapDays, favourite }: Habits,
  { signupDay, until }: { readonly signupDay: string; readonly until: string },
): Transaction[] {
  const transactions: Transaction[] = [];
  const end = daysBetween(signupDay, until) + 1;
  let mood = 0;
  for (let at = exponential(random, gapDays); at < end; at += exponential(random, gapDays)) {
    const day = Math.floor(at);
    const method = random.uniform() < 0.7 ? favourite : random.integer(paymentMethods.length);
    const paymentMethod = paymentMethods[method] ?? paymentMethods[0];
    mood = SPEND.moodMemory * mood + SPEND.mood * random.normal();
    const logarithm =
      usual + mood + SPEND.purchase * random.normal() + (paymentMethod === "Credit Card" ? CREDIT_CARD : 0);
    const chance = random.uniform();
    transactions.push({
      id: `S${id}-${transactions.length + 1}`,
      amount: Math.round(Math.exp(logarithm) * 100) / 100,
      currency: random.uniform() < FOREIGN ? "EUR" : "USD",
      day: addDays(signupDay, day),
      second: Math.floor((at - day) * 86_400),
      paymentMethod,
      status: chance < STATUS.pending ? "Pending" : chance < STATUS.pending + STATUS.failed ? "Failed" : "Completed",
    });
  }
  return transactions;
}

/** Returns a waiting time in days; at least a minute, so that two times differ. */
function exponential(random: Random, mean: number): number {
  return Math.max(1 / 1440, -mean * Math.log(1 - random.uniform()));
}

/** Returns the completed purchases up to a day. */
export function purchasesUntil({ transactions }: Customer, day: string): Transaction[] {
  return transactions.filter((one) => one.status === "Completed" && one.day <= day);
}

/** Returns the loyalty points at the end of a day. */
export function pointsAt(customer: Customer, day: string): number {
  const spent = purchasesUntil(customer, day).reduce((sum, { amount }) => sum + amount, 0);
  return Math.floor(spent * POINTS_PER_DOLLAR);
}
