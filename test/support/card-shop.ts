/**
 * The two files of a shop with planted skill: a purchase after one by credit card is nearly always large, and seldom after another
 * one. So the last amount, which the baseline reads, has no information about the next one.
 */

import { regions } from "../../shared/feeds/customers-csv/attributes.ts";
import { customersCsv } from "../../shared/feeds/customers-csv.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { randomFrom } from "../../trainer/simulate/random.ts";
import type { SimulatedUpload } from "../../trainer/simulate/upload.ts";

const customers = 40;
/** Every customer buys each of so many days. */
const gapDays = 7;
const firstDay = "2026-06-01";

export interface CardShop {
  /** Customers first. */
  readonly files: readonly SimulatedUpload[];
  readonly lastDay: string;
  /** Whether the last purchase of a customer was by credit card. */
  readonly lastByCard: ReadonlyMap<string, boolean>;
}

/** Returns the files of some days. All transactions are completed, in dollars. */
export function cardShop(days: number): CardShop {
  const random = randomFrom("card shop");
  const lastByCard = new Map<string, boolean>();
  const transactions = Array.from({ length: days }, (_, at) => at).flatMap((at) =>
    Array.from({ length: customers }, (_, index) => index)
      .filter((index) => index % gapDays === at % gapDays)
      .map((index) => {
        const id = String(index + 1);
        const isLarge = random.uniform() < (lastByCard.get(id) ? 0.95 : 0.05);
        const isCard = random.uniform() < 0.5;
        lastByCard.set(id, isCard);
        const day = addDays(firstDay, at);
        return {
          ...{ transaction_id: `T${id}-${at}`, customer_id: index + 1, amount: isLarge ? 450 : 60, currency: "USD" },
          ...{ timestamp: `${day}T10:${String(index).padStart(2, "0")}:00Z`, status: "Completed", synthetic: true },
          payment_method: isCard ? "Credit Card" : "PayPal",
        };
      }),
  );
  const before = addDays(firstDay, -1);
  const lines = Array.from({ length: customers }, (_, index) =>
    [index + 1, 20 + index, regions[index % regions.length], addDays("2025-01-01", index), "", index * 10, true].join(
      ",",
    ),
  );
  const header = "customer_id,age,region,signup_date,last_purchase,loyalty_points,synthetic";
  const file = (feed: string, name: string, text: string): SimulatedUpload => {
    return { feed, name, day: before, bytes: new TextEncoder().encode(text) };
  };
  return {
    files: [
      file(customersCsv.id, `customers_${before}.csv`, [header, ...lines, ""].join("\n")),
      file(transactionsJson.id, "transactions.json", JSON.stringify(transactions)),
    ],
    lastDay: addDays(firstDay, days - 1),
    lastByCard,
  };
}
