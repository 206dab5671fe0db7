/** Trials on their way to the hub. */
import type { TrialRecord } from "../../shared/training/search.ts";
import type { RegistryClient } from "../registry-client.ts";

/** Few enough that a training which is killed has told most of what it tried. */
const trialBatch = 5;

/** Sends trials in batches as they come, one batch at a time; a failed batch fails the flush. */
export function trialLog(registry: RegistryClient, run: string) {
  const waiting: TrialRecord[] = [];
  let sending: Promise<void> = Promise.resolve();
  const send = () => {
    const trials = waiting.splice(0).map(({ candidate, number, state, parameters, folds, seconds, problem }) => ({
      candidate,
      number,
      parameters: { ...parameters },
      state: state === "complete" ? ("done" as const) : state,
      scores: folds.filter(Number.isFinite),
      seconds,
      note: problem,
    }));
    if (trials.length > 0) sending = sending.then(() => registry.logTrials(run, trials));
    // Looked at by the flush; until then a rejection is nobody's surprise.
    sending.catch(() => undefined);
  };
  return {
    add(trial: TrialRecord) {
      waiting.push(trial);
      if (waiting.length >= trialBatch) send();
    },
    async flush() {
      send();
      await sending;
    },
  };
}
