/** Publishes the report of a forecast at a start. */

import { describe, Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import type { Hub } from "../hub.ts";
import type { Task } from "../task-list.ts";

/** A report takes some seconds. */
const waitMaxMs = 60_000;

export interface StartedReport {
  readonly forecast: string;
  /** Returns the hub, once it runs. */
  hub(): Hub;
  /** Called if the report cannot be published. */
  onFailed(reason: string): void;
}

/** Returns a task that also publishes the report of the forecast, if a model serves it. */
export function withReport(task: Task, { forecast, hub, onFailed }: StartedReport): Task {
  return {
    ...task,
    async run(display) {
      await task.run(display);
      try {
        const { champion } = await hub().api.getChampion({ forecast });
        if (champion === null) return;
        display.output = "publishing the report";
        await publishReport(hub(), forecast);
      } catch (error) {
        onFailed(describe(error));
        throw error;
      }
    },
  };
}

/** Requests the report and waits until it is published. @throws Failure with the reason if it is not */
async function publishReport(hub: Hub, forecast: string): Promise<void> {
  const { flow } = await hub.api.requestReport({ forecast });
  const { state, reason } = await flowEnded(hub, flow, () => {}, waitMaxMs);
  if (state !== "done") throw new Failure(`The report of ${forecast} was not published: ${reason ?? state}.`);
}
