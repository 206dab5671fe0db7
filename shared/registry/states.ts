/** The words for where things stand; tables, requests and answers use the same. */
import { gateRules } from "./gate.ts";

export const runStates = ["running", "done", "failed", "abandoned"] as const;
export type RunState = (typeof runStates)[number];

export const trialStates = ["done", "pruned", "failed"] as const;

/** Where a model stands. It is read from the changes of champion and stored nowhere else. */
export const stages = ["registered", "champion", "retired"] as const;
export type Stage = (typeof stages)[number];

/** What put a champion there. */
export const championRules = [...gateRules, "rollback"] as const;

/** What the audit tells of. */
export const auditKinds = [
  "run.created",
  "run.ended",
  "trials.logged",
  "artefact.uploaded",
  "model.registered",
  "champion.promoted",
  "champion.rolled-back",
  "tag.set",
  "tag.removed",
] as const;
