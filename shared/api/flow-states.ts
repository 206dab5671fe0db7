/** The states of a flow and of its steps, in answers and in the database. */
export const flowStates = ["queued", "running", "done", "held", "failed"] as const;
export type FlowState = (typeof flowStates)[number];

export const stepStates = ["running", "done", "failed"] as const;
