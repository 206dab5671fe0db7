/** `almanac release FLOW` ingests a held publication; `almanac retry FLOW` runs a failed flow again. */
import type { FlowDetail } from "../../shared/api/flows.ts";
import { actor } from "../actor.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import type { Hub } from "../hub.ts";
import { historiesOf, printUnlessServed } from "../serving.ts";
import { type Task, taskList } from "../task-list.ts";
import { printError, printJson, prose, thousands } from "../terminal.ts";

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

/** Restarts a flow, shows its steps until its end, and prints its outcome. */
async function restart(id: string, options: RestartOptions, request: (hub: Hub) => Promise<unknown>): Promise<void> {
  const hub = connect({ ...options, actor: actor() });
  let ended: FlowDetail | undefined;
  const task: Task = {
    title: `Flow ${id}`,
    run: async (display) => {
      await request(hub);
      const flow = await flowEnded(hub, id, (step) => {
        display.output = step;
      });
      ended = flow;
      if (flow.state !== "done")
        throw new Failure(`Flow ${id} is ${flow.state}: ${flow.reason ?? "no reason is recorded"}`);
      display.title = `Flow ${id} is done${countsText(flow)}`;
    },
  };
  const tasks = taskList([task], { isJson: options.json, exitOnError: false });
  await tasks.run();
  if (options.wait && ended?.state === "done") await printUnlessServed(hub, await historiesOf(hub, ended.stats));
  if (options.json && ended) printJson({ ...ended });
  const errors = tasks.errors ?? [];
  for (const error of errors) printError(prose(error.message));
  if (errors.length > 0) process.exitCode = 1;
}

/** Returns what an ingest stored; an empty text for another flow. */
function countsText({ stats }: FlowDetail): string {
  if (typeof stats?.observations !== "number") return "";
  const revised = thousands(stats.revisions ?? 0);
  return `: ${thousands(stats.observations)} observations, ${thousands(stats.observationsWritten ?? 0)} written, ${revised} of them revised`;
}
