/** Facts of a shop for tests: purchases, and attributes of files. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addDays, daysBetween } from "../../shared/lib/calendar.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";

export interface TestPurchase {
  readonly customer: string;
  readonly id: string;
  readonly day: string;
  readonly second: number;
  readonly amount: number;
  /** Position in the list of payment methods. */
  readonly method?: number;
}

export interface TestStatement {
  readonly customer: string;
  readonly day: string;
  readonly values: Readonly<Record<string, number>>;
}

export function shopFacts(
  { sources }: Pick<Forecast, "sources">,
  purchases: readonly TestPurchase[],
  statements: readonly TestStatement[] = [],
): FactsByFeed {
  const [events, attributes] = sources;
  const ofPurchases = purchases.flatMap(({ customer, id, day: period, second, amount, method }): Fact[] => {
    const series = JSON.stringify([customer, id]);
    return [
      { series, period, variable: "amount", value: amount },
      { series, period, variable: "second_of_day", value: second },
      ...(method === undefined ? [] : [{ series, period, variable: "payment_method", value: method }]),
    ];
  });
  const ofStatements = statements.flatMap(({ customer, day: period, values }) =>
    Object.entries(values).map(
      ([variable, value]): Fact => ({ series: JSON.stringify([customer]), period, variable, value }),
    ),
  );
  return new Map([
    [events?.feed ?? "", ofPurchases],
    [attributes?.feed ?? "", ofStatements],
  ]);
}

export const epochDays = (day: string) => daysBetween("1970-01-01", day);
export const dayFrom = (index: number) => addDays("2025-01-01", index);
