/** Query and answers of `/flows`. */
import { z } from "zod";
import { statsField, timeField } from "./fields.ts";
import { flowStates, stepStates } from "./flow-states.ts";
import { limitField, offsetField } from "./paging.ts";

export const flowsQueryShape = z.strictObject({
  kind: z.string().optional().describe("For example `ingest`, `fetch`, `promote` or `dead-letter`"),
  state: z.enum(flowStates).optional(),
  limit: limitField(500, 50),
  offset: offsetField,
});

export const flowShape = z
  .object({
    id: z.string(),
    kind: z.string(),
    key: z.string().describe("Identifies the work of the flow. There is one flow per key"),
    state: z.enum(flowStates),
    attempt: z.number().describe("From 1"),
    params: statsField,
    reason: z.string().nullable().describe("Why it is held or failed"),
    stats: statsField.nullable(),
    boot: z.string().describe("The process that started it"),
    createdAt: timeField,
    startedAt: timeField.nullable(),
    heartbeatAt: timeField.nullable(),
    endedAt: timeField.nullable(),
  })
  .meta({ id: "Flow" });
export type FlowAnswer = z.infer<typeof flowShape>;

export const flowListShape = z.object({ flows: z.array(flowShape) });
export type FlowList = z.infer<typeof flowListShape>;

const flowStepShape = z
  .object({
    flowId: z.string(),
    attempt: z.number(),
    name: z.string(),
    state: z.enum(stepStates),
    tries: z.number(),
    interrupted: z.number().describe("Tries that ended without an outcome, for example because their process ended"),
    error: z.string().nullable(),
    stats: statsField.nullable(),
    startedAt: timeField,
    endedAt: timeField.nullable(),
  })
  .meta({ id: "FlowStep" });

export const flowDetailShape = flowShape
  .extend({ steps: z.array(flowStepShape).describe("Of every attempt, in order of time") })
  .meta({ id: "FlowDetail" });
export type FlowDetail = z.infer<typeof flowDetailShape>;
