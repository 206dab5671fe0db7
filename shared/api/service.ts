/** Answers of `/health` and `/openapi.json`. */
import { z } from "zod";
import { timeField } from "./fields.ts";

export const healthShape = z
  .object({
    worker: z.literal("hub"),
    ok: z.literal(true),
    forecasts: z
      .array(
        z.object({
          forecast: z.string(),
          version: z.string(),
          since: timeField,
          decision: z.string().describe("Why the version serves, and what has to happen for it to change"),
        }),
      )
      .describe("The champions"),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof healthShape>;

export const openApiShape = z.looseObject({ openapi: z.string() });
export type OpenApi = z.infer<typeof openApiShape>;
