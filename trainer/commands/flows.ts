/** `almanac flows`: lists the newest flows, and what a person can do about those that are held or failed. */

import { type FlowState, flowStates } from "../../shared/api/flow-states.ts";
import type { FlowAnswer } from "../../shared/api/flows.ts";
import { readRawKey } from "../../shared/lake/keys.ts";
import { connect, typedHubOptions } from "../connect.ts";
import { Failure } from "../failure.ts";
import { restartCommand } from "../flows.ts";
import { print, printJson, prose, table } from "../terminal.ts";

const shownMax = 20;

export async function listFlows(options: {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly only?: string;
}): Promise<void> {
  const states = statesIn(options.only);
  const { api } = connect(options);
  const pages = await Promise.all(
    states.map((state) => api.listFlows({ query: { limit: shownMax, ...(state && { state }) } })),
  );
  const flows = pages
    .flatMap((page) => page.flows)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, shownMax);
  if (options.json) return printJson({ flows });
  if (flows.length === 0)
    return print(options.only ? `No flow is ${options.only.replaceAll(",", " or ")}.` : "No flows.");
  const rows = flows.map((flow) => [
    flow.id,
    flow.createdAt.slice(0, 16).replace("T", " "),
    flow.state,
    flow.kind,
    subjectOf(flow),
  ]);
  print(table(["flow", "requested", "state", "kind", "about"], rows, { optional: [1, 3] }));
  for (const flow of flows) {
    if (flow.state !== "held" && flow.state !== "failed") continue;
    print(`\n${prose(`${flow.id} is ${flow.state}: ${flow.reason ?? "no reason is recorded"}`)}`);
    const command = restartCommand(flow, typedHubOptions(options));
    if (command !== null) print(`  ${command}`);
  }
}

/** Returns the states to list; one undefined for all. @throws Failure for a text that is no state */
function statesIn(only: string | undefined): readonly (FlowState | undefined)[] {
  if (only === undefined) return [undefined];
  return only.split(",").map((text) => {
    const state = flowStates.find((one) => one === text.trim());
    if (state) return state;
    throw new Failure(`--only ${text} is not a state of a flow. Expected one or more of ${flowStates.join(", ")}.`);
  });
}

/** Returns what a flow is about: the file of an ingest, otherwise its key without the kind. */
function subjectOf({ kind, key, params }: FlowAnswer): string {
  const file = typeof params.key === "string" ? readRawKey(params.key) : null;
  return file ? `${file.feed}: ${file.name}` : key.replace(`${kind}:`, "");
}
