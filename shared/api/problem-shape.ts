import { z } from "zod";

/** A refusal as its reader sees it. */
export const problemShape = z
  .looseObject({
    title: z.string(),
    status: z.number().optional(),
    detail: z.string().optional(),
    field: z.string().optional(),
    index: z.number().optional(),
    found: z.string().optional(),
    expected: z.string().optional(),
    allowed: z.array(z.string()).optional(),
    didYouMean: z.string().optional(),
  })
  .meta({ id: "Problem" });
