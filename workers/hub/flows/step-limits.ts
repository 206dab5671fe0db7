/** How long a step of a flow may last, for the Workflow that stops it and for `recover`, which revives what is silent. */
const stepMinutesMax = 2;

/** Ten times what the longest step takes. An engine that has lost a step tries it again after this. */
export const stepTimeout = `${stepMinutesMax} minutes` as const;

/** Every try of a step is a heartbeat, so a flow that is silent for three of them is not at work. */
export const silentMs = 3 * stepMinutesMax * 60_000;
