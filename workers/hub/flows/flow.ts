/** One attempt of a flow: its steps run durably in the Workflow and are written down in D1 as they go. */

import type { WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import {
  type FlowRun,
  findFlow,
  markEnded,
  markRunning,
  markStepEnded,
  markStepStarted,
  type Outcome,
} from "../../../shared/db/flows.ts";
import type { Stats } from "../../../shared/db/schema.ts";
import type { FlowParams, Hub } from "../hub.ts";
import { reasonOf } from "./reason.ts";

/** What a step returns: small, because Workflows keep at most 1 MiB of it; the numbers a person may want go to `stats`. */
export interface StepResult<T> {
  readonly value: T;
  readonly stats?: Stats;
}

export interface Flow {
  readonly run: FlowRun;
  /** Runs once per name and attempt; a finished step answers from its record when the flow is revived. */
  step<T>(name: string, work: () => Promise<StepResult<T>>, retries?: Retries): Promise<T>;
}

export interface Retries {
  readonly limit: number;
  readonly delay: `${number} seconds`;
  readonly backoff: "constant" | "exponential";
}

const patient: Retries = { limit: 5, delay: "2 seconds", backoff: "exponential" };
/** Ten times what the longest step takes; a step that an engine has lost is tried again after it. */
const stepTimeout = "2 minutes";

/** Runs `body` as the attempt that `params` names and writes its outcome down. A flow that has ended is left alone. */
export async function runFlow(
  hub: Hub,
  { params, step }: { readonly params: FlowParams; readonly step: WorkflowStep },
  body: (flow: Flow) => Promise<Outcome>,
): Promise<void> {
  const run = await step.do("begin", async () => JSON.stringify(await begin(hub, params)));
  const current = JSON.parse(run) as FlowRun | null;
  if (!current) return;
  const flow: Flow = {
    run: current,
    step: (name, work, retries) => recordStep(hub, { step, params, name, work, retries }),
  };
  const outcome = await body(flow).catch(
    (error): Outcome => ({ state: "failed", reason: reasonOf(error), stats: null }),
  );
  await step.do("end", async () => markEnded(hub.db, current, outcome, hub.now().toISOString()));
  if (outcome.state === "failed") throw new NonRetryableError(outcome.reason ?? "failed");
}

async function begin(hub: Hub, params: FlowParams): Promise<FlowRun | null> {
  await markRunning(hub.db, params.flowId, hub.now().toISOString());
  const run = await findFlow(hub.db, params.flowId);
  return run?.state === "running" && run.attempt === params.attempt ? run : null;
}

interface Recorded<T> {
  readonly step: WorkflowStep;
  readonly params: FlowParams;
  readonly name: string;
  readonly work: () => Promise<StepResult<T>>;
  readonly retries: Retries | undefined;
}

/** The value travels as JSON text, so that any plain value fits Workflows' own notion of what is serializable. */
async function recordStep<T>(hub: Hub, { step, params, name, work, retries }: Recorded<T>): Promise<T> {
  const text = await step.do(name, { retries: retries ?? patient, timeout: stepTimeout }, async () => {
    const at = () => ({ flowId: params.flowId, attempt: params.attempt, name, now: hub.now().toISOString() });
    await markStepStarted(hub.db, at());
    try {
      const { value, stats } = await work();
      await markStepEnded(hub.db, at(), { state: "done", error: null, stats: stats ?? null });
      return JSON.stringify(value ?? null);
    } catch (error) {
      // Where the database itself is what fails, its own reason must not hide the step's.
      await markStepEnded(hub.db, at(), { state: "failed", error: reasonOf(error), stats: null }).catch(
        () => undefined,
      );
      throw error instanceof NonRetryableError ? error : new Error(reasonOf(error));
    }
  });
  return JSON.parse(text) as T;
}
