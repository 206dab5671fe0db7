import { type ApiFailure, failureText } from "../../../shared/api/api-failure.ts";
import type { ApiClient } from "../../../shared/api/client.ts";
import { parseHistory } from "../../../shared/api/history.ts";
import { type SingleAnswer, singleAnswerShape } from "../../../shared/api/predict.ts";
import { kindOfProblem, type Refusal } from "../../../shared/api/problem.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { featuresOfReplaced, type Replacement } from "../../../shared/predict/replaced-values.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface ReplacedRequest extends Replacement {
  readonly forecast: string;
}

export interface ReplacedEffects extends Pick<Hub, "snapshots"> {
  /** Requests a prediction in the name of the caller. */
  readonly predict: ApiClient["predict"];
}

/**
 * Predicts the next period as if the newest values of some variables were others. The rest comes from the history. Predict
 * answers: the features of the changed history are the fields of an ordinary request.
 */
export async function predictReplaced(
  fx: ReplacedEffects,
  { forecast: id, ...replacement }: ReplacedRequest,
): Promise<Result<SingleAnswer, Refusal>> {
  const forecast = requireForecast(id);
  if (!forecast.ok) return forecast;
  const history = parseHistory(await fx.snapshots.get(historyKey(id)));
  if (history === null) {
    const detail = `${id} has no history yet. Ingest its publications.`;
    return failure({ kind: "unavailable", detail });
  }
  const features = featuresOfReplaced(forecast.value, history, replacement);
  if (!features.ok) return features;
  const answer = await fx.predict({ forecast: id, body: features.value });
  return answer.ok ? success(singleAnswerShape.parse(answer.value)) : failure(refusalOf(answer.error));
}

/** Returns the refusal of predict as one of the hub. */
function refusalOf(failed: ApiFailure): Refusal {
  if (failed.kind !== "refused") return { kind: "unavailable", detail: failureText(failed) };
  const { type, detail, field, found, expected, allowed } = failed.problem;
  return {
    kind: kindOfProblem(type) ?? "unavailable",
    detail,
    ...(field !== undefined && { field }),
    ...(found !== undefined && { found }),
    ...(expected !== undefined && { expected }),
    ...(allowed !== undefined && { allowed }),
  };
}
