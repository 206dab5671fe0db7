import { z } from "zod";

/** A refusal on the wire: RFC 9457 problem details with members that say what was found and what is allowed. */
export const problemShape = z
  .looseObject({
    type: z.string().describe("`urn:almanac:problem:<kind>`: for programs, it never changes"),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    field: z.string().optional().describe("The part of the request that it is about"),
    index: z.number().optional().describe("Of the instance of a batch that it is about, from 0"),
    found: z.string().optional(),
    expected: z.string().optional(),
    allowed: z.array(z.string()).optional(),
    didYouMean: z.string().optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problemShape>;
