/** `POST /feeds/:feed/withdraw`: removes what an ingest brought in. */
import { z } from "zod";
import { whyField } from "./fields.ts";
import { flowStates } from "./flow-states.ts";

export const withdrawShape = z
  .strictObject({
    ingest: z.int().min(1).describe("Number of the ingest: `stats.ingest` of its flow"),
    why: whyField,
  })
  .meta({ examples: [{ ingest: 12, why: "a draft that was never published" }] });

export const withdrawalShape = z
  .object({
    flow: z.string().describe("The flow that withdraws it"),
    state: z.enum(flowStates),
    known: z.boolean().describe("True if the withdrawal was requested before"),
  })
  .meta({ id: "Withdrawal" });
export type Withdrawal = z.infer<typeof withdrawalShape>;
