/** The Workflows that run flows. Each builds the hub from its bindings and runs one flow. */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { edition } from "./flows/edition.ts";
import { fetchFeed } from "./flows/fetch.ts";
import { runFlow } from "./flows/flow.ts";
import { ingest } from "./flows/ingest.ts";
import { promote } from "./flows/promote.ts";
import { report } from "./flows/report.ts";
import { withdraw } from "./flows/withdraw.ts";
import { type FlowParams, type HubEnv, hubOf } from "./hub.ts";

export class FetchFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => fetchFeed(hub, flow));
  }
}

export class IngestFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => ingest(hub, flow));
  }
}

export class PromoteFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => promote(hub, flow));
  }
}

export class WithdrawFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => withdraw(hub, flow));
  }
}

export class ReportFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => report(hub, flow));
  }
}

export class EditionFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => edition(hub, flow));
  }
}
