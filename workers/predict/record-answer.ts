import { isSampled } from "../../shared/predict/record.ts";
import type { Call } from "./call.ts";
import type { Answered } from "./recorder.ts";

/** Records a complete answer. A HEAD request is not recorded: it gets no prediction. */
export function recordAnswer(call: Call, answered: Answered): void {
  const { recorder, now } = call.service;
  if (recorder === null || call.method === "HEAD" || !isSampled(call.id, recorder.share)) return;
  recorder.take({ requestId: call.id, isOwnId: call.isOwnId, at: now(), answered }, call.context);
}
