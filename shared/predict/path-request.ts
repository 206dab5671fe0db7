/** Reads which steps a request asks for: `steps=12`, or `until=2026-12-31`. */
import type { Refusal } from "../api/problem.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { isObject } from "../lib/validate-json.ts";
import { firstDayOf, granularityOf, lastDayOf } from "../period.ts";
import { describeValue } from "./describe-value.ts";
import { groupOption } from "./group-request.ts";
import type { Snapshot } from "./snapshot.ts";
import { setsOfSnapshot, targetPeriods } from "./step-forecasts.ts";

export const stepsOption = "steps";
export const untilOption = "until";

/** The texts of the options in a query. */
export interface PathOptions {
  readonly steps: string | null;
  readonly until: string | null;
}

/** Returns the steps to answer, ascending from 1. `steps` is the last one, `until` the last day, or period of any length. Null if neither is set. */
export function readPath(snapshot: Snapshot, { steps, until }: PathOptions): Result<readonly number[] | null, Refusal> {
  if (steps === null && until === null) return success(null);
  if (steps !== null && until !== null) {
    const detail = "A request has steps or until, not both.";
    return failure({
      kind: "unprocessable",
      detail,
      field: untilOption,
      found: describeValue(until),
      expected: stepsOption,
    });
  }
  const known = new Set([1, ...setsOfSnapshot(snapshot).flatMap((set) => set.steps)]);
  const all = [...known].sort((a, b) => a - b);
  if (all.length === 1) return failure(withoutSteps(snapshot, steps === null ? untilOption : stepsOption));
  return steps === null ? readUntil(snapshot, until ?? "", all) : readSteps(steps, all);
}

/**
 * Returns the sentence that refuses an option of /predict in a request with raw features, which are for the next period; null if the
 * request has none. `has` returns whether it has the option.
 */
export function refuseInRawFeatures(has: (name: string) => boolean): string | null {
  const name = [stepsOption, untilOption, groupOption].find(has);
  return name === undefined
    ? null
    : `${name} is an option of /predict, and raw features are for the next period. Send GET /predict/FORECAST?DIMENSION=VALUE&${name}=… once for each series or group.`;
}

/** Returns the same for the names of a JSON member such as `params`. */
export function refuseInParameters(parameters: unknown): string | null {
  return refuseInRawFeatures((name) => isObject(parameters) && Object.hasOwn(parameters, name));
}

function readSteps(text: string, all: readonly number[]): Result<readonly number[], Refusal> {
  const last = /^\d{1,4}$/.test(text.trim()) ? Number(text) : Number.NaN;
  const most = all.at(-1) ?? 1;
  if (last >= 1 && last <= most) return success(all.filter((step) => step <= last));
  const expected = `a whole number from 1 to ${most}`;
  return failure({
    kind: "unprocessable",
    detail: `${stepsOption} is not a number of steps of this forecast. It answers the steps ${all.join(", ")}.`,
    field: stepsOption,
    found: describeValue(text),
    expected,
  });
}

function readUntil(snapshot: Snapshot, text: string, all: readonly number[]): Result<readonly number[], Refusal> {
  const { schedule } = snapshot.forecast;
  const targetOf = targetPeriods(schedule, snapshot.periods.at(-1) ?? "");
  const [first, last] = [targetOf(1), targetOf(all.at(-1) ?? 1)];
  const every = granularityOf(first) ?? "day";
  const stated = text.trim();
  const granularity = granularityOf(stated);
  const limit = granularity === null ? "" : granularity === every ? firstDayOf(stated) : lastDayOf(stated);
  const wanted = all.filter((step) => firstDayOf(targetOf(step)) <= limit);
  if (wanted.length > 0) return success(wanted);
  const noun = every === "day" ? "day" : `${every} or day`;
  return failure({
    kind: "unprocessable",
    detail: limit === "" ? `${untilOption} is not a ${noun}.` : `${untilOption} is before the next period, ${first}.`,
    field: untilOption,
    found: describeValue(text),
    expected: `a ${noun} from ${first}; the last step is ${last}`,
  });
}

function withoutSteps({ model, forecast }: Snapshot, field: string): Refusal {
  const detail = `Version ${model.card.version} of ${forecast.id} predicts only the next period. Send the request without ${field}, or train a newer version.`;
  return { kind: "unprocessable", detail, field, found: "more than one step", expected: "no steps" };
}
