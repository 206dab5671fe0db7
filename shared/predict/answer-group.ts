/** Answers a request that names a group of series. */
import type { SingleAnswer } from "../api/predict.ts";
import type { Refusal } from "../api/problem.ts";
import { failure, type Result } from "../lib/result.ts";
import { aboveField, readAbove } from "./above.ts";
import { groupAnswer } from "./group-answer.ts";
import { readGroup } from "./group-request.ts";
import { type PathOptions, readPath } from "./path-request.ts";
import type { PredictRequest } from "./predict.ts";
import type { Snapshot } from "./snapshot.ts";

/** The options of a request as texts; null if they are not set. */
export interface StepOptions extends PathOptions {
  readonly group: string | null;
}

export interface GroupRequest {
  readonly request: PredictRequest;
  readonly steps: StepOptions;
  /** The text of `above` in the query. */
  readonly above: string | undefined;
  readonly explain: boolean;
  readonly withFeatures: boolean;
}

/**
 * Returns the answer for a group, or its refusal. Null if the request names no group: it is then an instance of a single series.
 */
export function answerGroup(
  { snapshot, stale }: { readonly snapshot: Snapshot; readonly stale: boolean },
  { request, steps: options, above: inQuery, explain, withFeatures }: GroupRequest,
): Result<SingleAnswer, Refusal> | null {
  if (request.kind !== "single") return null;
  const named = readGroup(snapshot, request.instance, options.group);
  if (named === null || !named.ok) return named;
  if (explain || withFeatures) return failure(onlyOfSeries(explain ? "explain" : "features"));
  const inBody = request.instance[aboveField];
  const above = readAbove(snapshot, inBody ?? inQuery, { textNumbers: inBody === undefined || inBody === null });
  if (!above.ok) return above;
  const steps = readPath(snapshot, options);
  if (!steps.ok) return steps;
  const head = stale ? snapshot.heads.stale : snapshot.heads.fresh;
  const requestedGroup = { ...named.value, ...(above.value !== undefined && { above: above.value }) };
  return groupAnswer(snapshot, head, requestedGroup, steps.value);
}

/** Refuses an option that describes the row of a series: a group has none. */
function onlyOfSeries(field: "explain" | "features"): Refusal {
  const detail = `${field} is for a single series: a group is predicted from its mean, without features.`;
  return { kind: "unprocessable", detail, field, found: "a group", expected: "every dimension of a series" };
}
