/** The states of a flow and of its steps, in answers and in the database. */
export const flowStates = ["queued", "running", "done", "held", "failed"] as const;
export type FlowState = (typeof flowStates)[number];

/** The states of a flow that has not ended. A held flow has: it continues only if a person releases it. */
export const activeStates = ["queued", "running"] as const satisfies readonly FlowState[];

/** Returns whether a flow has not ended. */
export function isActive(state: FlowState): boolean {
  return activeStates.some((active) => active === state);
}

export const stepStates = ["running", "done", "failed"] as const;
