/** `almanac release FLOW` ingests a held publication; `almanac retry FLOW` runs a failed flow again. */
import type { FlowDetail } from "../../shared/api/flows.ts";
import { actor } from "../actor.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import type { Hub } from "../hub.ts";
import { historiesOf, printUnlessServed } from "../serving.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";

interface RestartOptions {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
  /** False with `--no-wait`. */
  readonly wait: boolean;
}

export async function releaseFlow(id: string, options: RestartOptions): Promise<void> {
  await restart(id, options, ({ api }) => api.releaseFlow({ id }));
}

export async function retryFlow(id: string, options: RestartOptions): Promise<void> {
  await restart(id, options, ({ api }) => api.retryFlow({ id }));
}

/** Restarts a flow, waits for its end and prints its outcome. */
async function restart(id: string, options: RestartOptions, request: (hub: Hub) => Promise<unknown>): Promise<void> {
  const hub = connect({ ...options, actor: actor() });
  await request(hub);
  const flow = await flowEnded(hub, id);
  if (options.json) printJson({ ...flow });
  if (flow.state !== "done")
    throw new Failure(`Flow ${id} is ${flow.state}: ${flow.reason ?? "no reason is recorded"}`);
  if (options.wait) await printUnlessServed(hub, await historiesOf(hub, flow.stats));
  if (!options.json) print(prose(`Flow ${id} is done${countsText(flow)}.`));
}

/** Returns what an ingest stored; an empty text for another flow. */
function countsText({ stats }: FlowDetail): string {
  if (typeof stats?.observations !== "number") return "";
  const revised = thousands(stats.revisions ?? 0);
  return `: ${thousands(stats.observations)} observations, ${thousands(stats.observationsWritten ?? 0)} written, ${revised} of them revised`;
}
