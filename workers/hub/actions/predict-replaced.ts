import { type ApiFailure, failureText, readFailure } from "../../../shared/api/api-failure.ts";
import { type History, historyShape } from "../../../shared/api/history.ts";
import { type SingleAnswer, singleAnswerShape } from "../../../shared/api/predict.ts";
import { kindOfProblem, type Refusal } from "../../../shared/api/problem.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { validateJson } from "../../../shared/lib/validate-json.ts";
import { featuresOfReplaced, type Replacement } from "../../../shared/predict/replaced-values.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface ReplacedRequest extends Replacement {
  readonly forecast: string;
  /** The `Authorization` of the caller; null without one. */
  readonly authorization: string | null;
  /** The address of the caller, whose computing time predict limits; null if unknown. */
  readonly address: string | null;
}

/**
 * Predicts the next period as if the newest values of some variables were others. The rest comes from the history. Predict
 * answers: the features of the changed history are the fields of an ordinary request.
 */
export async function predictReplaced(
  hub: Pick<Hub, "snapshots" | "predict">,
  { forecast: id, authorization, address, ...replacement }: ReplacedRequest,
): Promise<Result<SingleAnswer, Refusal>> {
  const forecast = requireForecast(id);
  if (!forecast.ok) return forecast;
  const history = readHistory(await hub.snapshots.get(historyKey(id)));
  if (history === null) {
    const detail = `${id} has no history yet. Ingest its publications.`;
    return failure({ kind: "unavailable", detail });
  }
  const features = featuresOfReplaced(forecast.value, history, replacement);
  if (!features.ok) return features;
  const headers = {
    "Content-Type": "application/json",
    ...(authorization !== null && { authorization }),
    ...(address !== null && { "CF-Connecting-IP": address }),
  };
  const body = JSON.stringify(features.value);
  const url = `http://predict/predict/${encodeURIComponent(id)}`;
  const response = await hub.predict.fetch(new Request(url, { method: "POST", headers, body }));
  const text = await response.text();
  return response.ok
    ? success(singleAnswerShape.parse(JSON.parse(text)))
    : failure(refusalOf(readFailure(response.status, text)));
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

function readHistory(text: string | null): History | null {
  const json = text === null ? null : parseJson(text);
  if (!json?.ok) return null;
  const read = validateJson<History>(historyShape, json.value);
  return read.ok ? read.value : null;
}
