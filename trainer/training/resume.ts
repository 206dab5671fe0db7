/** Going on with a training that was interrupted: its trials are known to the hub and are not run again. */
import type { RunDetail } from "../../shared/api/runs.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { codeVersion } from "./code-version.ts";
import type { Prepared } from "./run-contest.ts";

/** The trials of a run that would make the same ones again. @throws Failure where forecast, seed, data or code are others. */
export async function trialsToResume(
  { api }: Hub,
  id: string,
  { prepared, seed }: { readonly prepared: Prepared; readonly seed: number },
): Promise<TrialRecord[]> {
  const run = await api.getRun({ run: id });
  const { forecast, dataHash } = prepared;
  const refuse = (why: string, instead: string): never => {
    throw new Failure(`Run ${id} cannot be gone on with: ${why}. ${instead}`);
  };
  const anew = "Train without --resume.";
  if (run.forecast !== forecast.id) refuse(`it trained ${run.forecast}, not ${forecast.id}`, anew);
  if (run.seed !== seed) refuse(`its seed is ${run.seed}, not ${seed}`, `Say --seed ${run.seed}.`);
  if (run.dataHash !== dataHash) refuse("the lake holds other observations now", anew);
  if (run.codeVersion !== codeVersion()) refuse(`${run.codeVersion} made it, and this is ${codeVersion()}`, anew);
  return run.trials.map(trialRecordOf);
}

/** A trial as the search knows it. */
function trialRecordOf({ candidate, number, state, parameters, scores, seconds, note }: RunDetail["trials"][number]) {
  const plain = Object.entries(parameters).flatMap(([name, value]) => (Array.isArray(value) ? [] : [[name, value]]));
  return {
    candidate,
    number,
    parameters: Object.fromEntries(plain),
    folds: scores,
    state: state === "done" ? ("complete" as const) : state,
    seconds,
    problem: note,
  };
}
