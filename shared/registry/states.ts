/** The states of runs, trials and models, and the kinds of audit entries, in tables, requests and answers. */
import { gateRules } from "./gate.ts";

export const runStates = ["running", "done", "failed", "abandoned"] as const;
export type RunState = (typeof runStates)[number];

export const trialStates = ["done", "pruned", "failed"] as const;

/** The stages of a model. A stage is derived from the changes of the champion and not stored. */
export const stages = ["registered", "champion", "retired"] as const;
export type Stage = (typeof stages)[number];

/** The rules by which a champion was chosen. `fallback`: the hub replaced a version that it cannot run, or restored it. */
export const championRules = [...gateRules, "rollback", "fallback"] as const;

/** The kinds of audit entries. */
export const auditKinds = [
  "run.created",
  "run.ended",
  "trials.logged",
  "artefact.uploaded",
  "model.registered",
  "champion.promoted",
  "champion.rolled-back",
  "champion.fell-back",
  "tag.set",
  "tag.removed",
] as const;
