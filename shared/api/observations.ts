/** Query and answer of `/feeds/:feed/observations`. */
import { z } from "zod";
import { seriesShape } from "./feeds.ts";
import { nextField, pageFields } from "./paging.ts";

export const observationsQueryShape = z.strictObject({
  series: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("The number of a series, or `Dimension=Value`. Repeat it to narrow the selection"),
  variable: z.string().optional().describe("A variable of the feed. By default all"),
  ...pageFields,
});

const observationShape = z
  .object({ series: seriesShape, period: z.string(), variable: z.string(), value: z.number() })
  .meta({ id: "Observation" });

export const observationsPageShape = z
  .object({ feed: z.string(), observations: z.array(observationShape), next: nextField })
  .meta({ id: "ObservationsPage" });
export type ObservationsPage = z.infer<typeof observationsPageShape>;
