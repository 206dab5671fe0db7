import { isSampled } from "../../shared/predict/record.ts";
import type { Call } from "./call.ts";
import type { Answered } from "./recorder.ts";

/** Records an answer, if its request is in the recorded share. HEAD requests are not recorded: they get no prediction. */
export function recordAnswer(call: Call, answered: Answered): void {
  const { recorder, now } = call.service;
  if (recorder === null || call.method === "HEAD" || !isSampled(call.id, recorder.share)) return;
  recorder.take({ requestId: call.id, isOwnId: call.isOwnId, at: now(), answered }, call.context);
}
