import { isSampled } from "../../shared/predict/prediction-messages.ts";
import type { Call } from "./call.ts";
import type { Answered } from "./recorder.ts";

/**
 * Records an answer. Of a request that is not in the recorded share only the inputs are counted. HEAD requests are not recorded:
 * they get no prediction.
 */
export function recordAnswer(call: Call, answered: Answered): void {
  const { recorder, now } = call.service;
  if (recorder === null || call.method === "HEAD" || recorder.share === 0) return;
  const request = { requestId: call.id, isOwnId: call.isOwnId, isSampled: isSampled(call.id, recorder.share) };
  recorder.take({ ...request, at: now(), answered }, call.context);
}
