/** Members of a flow's `stats` that programs read. A flow has more numbers, for people. */
import { z } from "zod";

/** Of a `fetch`: the names of the stored files, and the ingests of these files in the same order. */
export const fetchStatsShape = z.object({ kept: z.array(z.string()), ingests: z.array(z.string()) });
export type FetchStats = z.infer<typeof fetchStatsShape>;

/** Of an `ingest` or a `withdraw`: the number of the newest history of each forecast that reads the feed. */
export const historyStatsShape = z.object({ histories: z.record(z.string(), z.number()) });
export type HistoryStats = z.infer<typeof historyStatsShape>;
