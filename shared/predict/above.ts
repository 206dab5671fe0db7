/** Reads `above`: a request with it asks for the probability of a value above it. */
import type { Refusal } from "../api/problem.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { readNumber } from "./decimal.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import type { Snapshot } from "./snapshot.ts";

/** The name in a query, in a body and in an instance. */
export const aboveField = "above";

/** No published value is as large. Whole units of up to three decimals are exact below it. */
const valueMax = 1e12;

export interface ReadAboveOptions {
  /** True for a value of the query, which is text. */
  readonly textNumbers: boolean;
}

/** Returns the value, or undefined without one. Fails if it is not a plausible value of the forecast. Never throws. */
export function readAbove(
  { forecast, model }: Pick<Snapshot, "forecast" | "model">,
  value: unknown,
  { textNumbers }: ReadAboveOptions,
): Result<number | undefined, Refusal> {
  if (value === undefined || value === null) return success(undefined);
  const found = textNumbers ? describeValue(value) : describeNumber(value);
  const refusal = { kind: "unprocessable", field: aboveField, found } as const;
  if (forecast.task === "classification") {
    const detail = `${forecast.id} predicts the probability of a state, not a number, so ${aboveField} has no meaning.`;
    return failure({ ...refusal, detail, expected: `no ${aboveField}` });
  }
  const number = textNumbers && typeof value === "string" ? readNumber(value) : value;
  const least = model.card.distribution?.positive ? 0 : -valueMax;
  if (typeof number === "number" && number >= least && number <= valueMax) return success(number);
  const isText = typeof number !== "number" || Number.isNaN(number);
  const detail = isText ? `${aboveField} is not a number.` : `${aboveField} is not a plausible value.`;
  return failure({
    ...refusal,
    detail,
    expected: `a number from ${least} to ${valueMax} in ${forecast.unit}, as in 30`,
  });
}
