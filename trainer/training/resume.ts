/** Resumes an interrupted training: the hub has its trials, and they are not repeated. */
import type { RunDetail } from "../../shared/api/runs.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { codeVersion } from "./code-version.ts";
import type { Prepared } from "./run-contest.ts";

/** Returns the trials of a run. @throws Failure if its forecast, seed, data or code differ, because its trials would differ too. */
export async function trialsToResume(
  { api }: Hub,
  id: string,
  { prepared, seed }: { readonly prepared: Prepared; readonly seed: number },
): Promise<TrialRecord[]> {
  const run = await api.getRun({ run: id });
  const { forecast, dataHash } = prepared;
  const refuse = (why: string, advice: string): never => {
    throw new Failure(`Run ${id} cannot be resumed: ${why}. ${advice}`);
  };
  const withoutResume = "Train without --resume.";
  if (run.forecast !== forecast.id) refuse(`it trained ${run.forecast}, not ${forecast.id}`, withoutResume);
  if (run.seed !== seed) refuse(`its seed is ${run.seed}, not ${seed}`, `Use --seed ${run.seed}.`);
  if (run.dataHash !== dataHash) refuse("the observations in the lake have changed", withoutResume);
  if (run.codeVersion !== codeVersion())
    refuse(`its code version is ${run.codeVersion}, not ${codeVersion()}`, withoutResume);
  return run.trials.map(trialRecordOf);
}

/** Converts a stored trial to the search's format. */
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
