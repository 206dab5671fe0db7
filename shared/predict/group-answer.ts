/** The answer for a group of series: the mean of its series, at the next period and at further steps. */
import type { GroupAnswer, Head } from "../api/predict.ts";
import type { Refusal } from "../api/problem.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { extraDecimals, roundTo } from "./decimal.ts";
import type { NamedGroup } from "./group-request.ts";
import { pathStep, stepMembers } from "./path.ts";
import type { Snapshot } from "./snapshot.ts";

/** @param steps the steps of the path; null for an answer without a path */
export function groupAnswer(
  { forecast, model }: Snapshot,
  head: Head,
  { set, member, above }: NamedGroup,
  steps: readonly number[] | null,
): Result<GroupAnswer, Refusal> {
  const names = set.members[member] ?? [];
  const series = Object.fromEntries(set.by.map((name, at) => [name, names[at] ?? ""]));
  const level = set.levelOf(member);
  const next = level && set.at(member, level, 1);
  if (level === null || next === null) {
    const detail = `No series of this group has a value at the newest period, ${head.data_as_of}.`;
    return failure({ kind: "unprocessable", detail, found: "no value", expected: "a group with values" });
  }
  const decimals = forecast.target.decimals + extraDecimals;
  const value = roundTo(level.value, decimals);
  const path = steps?.flatMap((step) => {
    const found = set.at(member, level, step);
    return found === null ? [] : [pathStep(forecast, found, above)];
  });
  return success({
    ...head,
    target_period: next.target,
    group: set.name,
    series,
    series_count: level.series,
    ...stepMembers(forecast, next, above),
    unit: model.card.unit,
    naive: value,
    last: { period: level.period, value },
    served_by: next.servedBy,
    ...(path && { path }),
  });
}
