/** The answer of `/serving/:forecast`: which version answers, and from which data. */
import { z } from "zod";
import { headShape } from "./predict.ts";

export const servingShape = headShape
  .extend({
    change: z.number().describe("Number of the champion change that predict has read"),
    history: z.number().describe("Number of the history that predict has read. It grows with every change of the data"),
  })
  .meta({ id: "Serving" });
export type Serving = z.infer<typeof servingShape>;
