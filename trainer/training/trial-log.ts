/** Sends the trials of a training to the hub while it runs. */
import { type TrialRow, trialsMax } from "../../shared/api/runs.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import type { Hub } from "../hub.ts";

/** Small, so that a killed training loses few trials. */
const trialBatch = 5;

/** Collects trials and sends them in batches, one after the other. A failed batch rejects `flush`. */
export function trialLog({ api }: Hub, run: string) {
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
    if (trials.length > 0) sending = sending.then(() => logTrials(api, run, trials));
    // `flush` reports a failed batch. Without a handler Node would end the process before that.
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

/** Sends any number of trials in requests of the API's maximum size. Sending a trial again is idempotent. */
async function logTrials(api: Hub["api"], run: string, trials: readonly TrialRow[]): Promise<void> {
  for (let from = 0; from < trials.length; from += trialsMax) {
    await api.logTrials({ run, body: { trials: trials.slice(from, from + trialsMax) } });
  }
}
