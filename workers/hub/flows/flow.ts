/** One attempt of a flow: its steps run durably in the Workflow and are recorded in D1. */

import type { WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import {
  type FlowRun,
  markEnded,
  markRunning,
  markStepEnded,
  markStepStarted,
  type Outcome,
} from "../../../shared/db/flows.ts";
import type { Stats } from "../../../shared/db/schema.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { FlowParams, Hub } from "../hub.ts";
import { interruptedReason, interruptionsMax, stepTimeout } from "./step-limits.ts";

/** The result of a step. Workflows store at most 1 MiB of it. `stats` has the numbers that people see. */
export interface StepResult<T> {
  readonly value: T;
  readonly stats?: Stats;
}

export interface Flow {
  readonly run: FlowRun;
  /** Runs a step once per name and attempt. When the flow is revived, a finished step returns its recorded result. */
  step<T>(name: string, work: () => Promise<StepResult<T>>, retries?: Retries): Promise<T>;
}

export interface Retries {
  readonly limit: number;
  readonly delay: `${number} seconds`;
  readonly backoff: "constant" | "exponential";
}

const patient: Retries = { limit: 5, delay: "2 seconds", backoff: "exponential" };

type FlowEffects = Pick<Hub, "db" | "now">;

/** Runs `body` as the attempt that `params` identifies and records its outcome. Does nothing if the flow has ended. */
export async function runFlow(
  fx: FlowEffects,
  { params, step }: { readonly params: FlowParams; readonly step: WorkflowStep },
  body: (flow: Flow) => Promise<Outcome>,
): Promise<void> {
  const run = await step.do("begin", async () => JSON.stringify(await begin(fx, params)));
  const current = JSON.parse(run) as FlowRun | null;
  if (!current) return;
  const flow: Flow = {
    run: current,
    step: (name, work, retries) => recordStep(fx, { step, params, name, work, retries }),
  };
  const outcome = await body(flow).catch(
    (error): Outcome => ({ state: "failed", reason: reasonOf(error), stats: null }),
  );
  await step.do("end", async () => markEnded(fx.db, current, outcome, fx.now().toISOString()));
  if (outcome.state === "failed") throw new NonRetryableError(outcome.reason ?? "failed");
}

async function begin({ db, now }: FlowEffects, params: FlowParams): Promise<FlowRun | null> {
  const run = await markRunning(db, params.flowId, now().toISOString());
  return run?.attempt === params.attempt ? run : null;
}

interface Recorded<T> {
  readonly step: WorkflowStep;
  readonly params: FlowParams;
  readonly name: string;
  readonly work: () => Promise<StepResult<T>>;
  readonly retries: Retries | undefined;
}

/** Passes the value as JSON text, because Workflows cannot serialize every plain value. */
async function recordStep<T>({ db, now }: FlowEffects, { step, params, name, work, retries }: Recorded<T>): Promise<T> {
  const text = await step.do(name, { retries: retries ?? patient, timeout: stepTimeout }, async () => {
    const at = () => ({ flowId: params.flowId, attempt: params.attempt, name, now: now().toISOString() });
    const interrupted = await markStepStarted(db, at());
    try {
      if (interrupted >= interruptionsMax) throw new NonRetryableError(interruptedReason(name));
      const { value, stats } = await work();
      await markStepEnded(db, at(), { state: "done", error: null, stats: stats ?? null });
      return JSON.stringify(value ?? null);
    } catch (error) {
      // A failure of the database must not hide the error of the step.
      await markStepEnded(db, at(), { state: "failed", error: reasonOf(error), stats: null }).catch(() => undefined);
      throw error instanceof NonRetryableError ? error : new Error(reasonOf(error));
    }
  });
  return JSON.parse(text) as T;
}
