/** Durations in milliseconds. Days are those of UTC, which are all equally long. */
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
