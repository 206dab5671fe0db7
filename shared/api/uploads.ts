/** Answer of `PUT /feeds/:feed/files/:file`. */
import { z } from "zod";
import { sha256Field } from "./fields.ts";
import { flowStates } from "./flow-states.ts";

/** Maximum size of an upload. */
export const uploadBytesMax = 50_000_000;
/** Maximum size of an upload without a digest, which is held in memory to compute it. */
export const bufferedUploadBytesMax = 10_000_000;

export const uploadShape = z
  .object({
    flow: z.string().describe("The flow that ingests the file"),
    state: z.enum(flowStates),
    key: z.string().describe("Where the file is stored in R2"),
    sha256: sha256Field,
    known: z
      .boolean()
      .describe("True if the same bytes arrived before, under any name. This arrival still has its own flow"),
  })
  .meta({ id: "Upload" });
export type Upload = z.infer<typeof uploadShape>;
