/** The parts of `/predict` for several steps and for groups of series. */
import type { PathStep, PredictionWithFeatures } from "../../../shared/api/predict.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { StepOptions } from "../../../shared/predict/answer-group.ts";
import { groupOption } from "../../../shared/predict/group-request.ts";
import type { LoadedLearner } from "../../../shared/predict/learned-steps.ts";
import { readPath, stepsOption, untilOption } from "../../../shared/predict/path-request.ts";
import type { PredictRequest, PreparedRows } from "../../../shared/predict/predict.ts";
import { seriesPath } from "../../../shared/predict/series-path.ts";
import type { Snapshot } from "../../../shared/predict/snapshot.ts";
import type { Call } from "../call.ts";

export function readStepOptions({ query }: Pick<Call, "query">): StepOptions {
  const textOf = (name: string) => query?.get(name) ?? null;
  return { steps: textOf(stepsOption), until: textOf(untilOption), group: textOf(groupOption) };
}

/** Refuses the options in a request for several instances. */
export function refuseSteps({ kind }: PredictRequest, { steps, until, group }: StepOptions): Refusal | null {
  if (kind === "single" || (steps === null && until === null && group === null)) return null;
  const field = steps !== null ? stepsOption : until !== null ? untilOption : groupOption;
  const detail = `${field} is for one instance. Send one request for each series or group, as in GET /predict/FORECAST?DIMENSION=VALUE&${field}=….`;
  return { kind: "unprocessable", detail, field, found: "several instances", expected: "one instance" };
}

export interface AnswerWithPath {
  readonly body: string;
  /** Null without `steps` and `until`. */
  readonly path: readonly PathStep[] | null;
}

/** Adds the path to the JSON of a single answer, if the request has `steps` or `until`. */
export function withPath(
  body: string,
  {
    snapshot,
    prepared,
    prediction,
    learner,
  }: {
    readonly snapshot: Snapshot;
    readonly prepared: PreparedRows;
    readonly prediction: PredictionWithFeatures | undefined;
    readonly learner: LoadedLearner | null;
  },
  options: StepOptions,
): Result<AnswerWithPath, Refusal> {
  const unchanged = success({ body, path: null });
  if (options.steps === null && options.until === null) return unchanged;
  const steps = readPath(snapshot, options);
  if (!steps.ok) return failure(steps.error);
  const [row] = prepared.rows;
  if (steps.value === null || row === undefined || prediction === undefined) return unchanged;
  const path = seriesPath(snapshot, { row, prediction, learner }, steps.value);
  if (!path.ok) return path;
  return success({ body: `${body.slice(0, -1)},"path":${JSON.stringify(path.value)}}`, path: path.value });
}
