/** Waits for flows of a hub. */
import { activeStates } from "../shared/api/flow-states.ts";
import type { FlowAnswer, FlowDetail } from "../shared/api/flows.ts";
import { Failure } from "./failure.ts";
import { type Hub, orNull } from "./hub.ts";

/** The first wait is short, because many flows take a third of a second. */
const firstPollMs = 25;
const pollMaxMs = 150;

/** Waits until a flow that usually takes `usualMs` has ended: the hub is not asked until then. */
export async function flowEndedAfter(hub: Hub, id: string, usualMs: number): Promise<FlowDetail> {
  await new Promise((resolve) => setTimeout(resolve, usualMs));
  return flowEnded(hub, id);
}

/** Returns the time from the request of a flow to its end, in milliseconds. */
export function durationMs({ createdAt, endedAt }: Pick<FlowDetail, "createdAt" | "endedAt">): number {
  return endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(createdAt);
}

/** Waits until a flow has ended and returns it; at most `waitMaxMs`, without the time of the requests. Calls `onStep` with the name of each step as it begins. */
export async function flowEnded(
  hub: Hub,
  id: string,
  onStep: (step: string) => void = () => {},
  waitMaxMs = 600_000,
): Promise<FlowDetail> {
  let step = "";
  for (let pollMs = firstPollMs, waitedMs = 0; ; waitedMs += pollMs, pollMs = Math.min(pollMs * 1.5, pollMaxMs)) {
    // The id of a flow can be known before the flow exists.
    const flow = await orNull(hub.api.getFlow({ id }));
    if (flow && ["done", "held", "failed"].includes(flow.state)) return flow;
    const current = flow?.steps.at(-1)?.name ?? "queued";
    if (current !== step) onStep(current);
    step = current;
    if (waitedMs > waitMaxMs)
      throw new Failure(`Flow ${id} has not ended within ${waitMaxMs / 1000} s. See ${hub.url}/flows/${id}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/**
 * Returns the command that restarts a held or failed flow; null if none helps. A held promotion has its advice in its reason, and the
 * gate rejects a version again. `hubOptions`: text after the command that names the hub, see `typedHubOptions`.
 */
export function restartCommand(
  { id, kind, state, reason }: Pick<FlowAnswer, "id" | "kind" | "state" | "reason">,
  hubOptions: string,
): string | null {
  if (kind === "promote" && reason?.startsWith("Rejected: ")) return null;
  if (state === "failed") return `npm run almanac -- retry ${id}${hubOptions}`;
  return state === "held" && kind !== "promote" ? `npm run almanac -- release ${id}${hubOptions}` : null;
}

/** Returns the ids of the flows that are queued or running. */
export async function unfinishedFlows({ api }: Hub): Promise<string[]> {
  const pages = await Promise.all(activeStates.map((state) => api.listFlows({ query: { state, limit: 500 } })));
  return pages.flatMap(({ flows }) => flows.map(({ id }) => id));
}
