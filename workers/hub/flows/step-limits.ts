/** Maximum duration of a step. The Workflow stops a longer step, and `recover` revives a flow without a heartbeat. */
import { minuteMs } from "../../../shared/lib/durations.ts";

const stepMinutesMax = 2;

/** Ten times the duration of the longest step. After this time the engine retries a step that it has lost. */
export const stepTimeout = `${stepMinutesMax} minutes` as const;

/**
 * Maximum number of tries of one step that end without an outcome. If a publication crashes the process once, another
 * try will crash it again.
 */
export const interruptionsMax = 3;

/** Returns the reason of a flow that failed because of `interruptionsMax`. */
export function interruptedReason(step: string): string {
  return (
    `The step "${step}" ended without an outcome ${interruptionsMax} times: its process ended, or it exceeded the time limit. ` +
    "Check the input of this flow and the log, then retry the flow."
  );
}

/** Each try of a step is a heartbeat. A flow without a heartbeat for three step durations does not run. */
export const silentMs = 3 * stepMinutesMax * minuteMs;
