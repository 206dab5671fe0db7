import { z } from "zod";

/** Schema of a refusal: RFC 9457 problem details, with additional members for what was found and what is allowed. */
export const problemShape = z
  .looseObject({
    type: z.string().describe("`urn:almanac:problem:<kind>`. It never changes, so programs can compare it"),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    field: z.string().optional().describe("The rejected part of the request"),
    index: z.number().optional().describe("Index of the rejected instance in a batch, from 0"),
    found: z.string().optional(),
    expected: z.string().optional(),
    allowed: z.array(z.string()).optional(),
    didYouMean: z.string().optional(),
  })
  .meta({ id: "Problem" });
export type ProblemBody = z.infer<typeof problemShape>;
