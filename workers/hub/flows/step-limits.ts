/** Maximum duration of a step. The Workflow stops a longer step, and `recover` revives a flow without a heartbeat. */
const stepMinutesMax = 2;

/** Ten times the duration of the longest step. After this time the engine retries a step that it has lost. */
export const stepTimeout = `${stepMinutesMax} minutes` as const;

/** Each try of a step is a heartbeat. A flow without a heartbeat for three step durations does not run. */
export const silentMs = 3 * stepMinutesMax * 60_000;
