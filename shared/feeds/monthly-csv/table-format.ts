/** What a feed declares about its monthly table. */
import type { FeedLimits } from "../feed.ts";
import type { MonthText } from "./read-month.ts";

export interface TableFormat {
  /** The columns that together name the month; all are required. */
  readonly month: readonly string[];
  /** The columns with values. The first one is required; a missing other one is a remark. */
  readonly values: readonly string[];
  /** Reads the fields of the month columns, in their order. */
  readMonth(fields: readonly string[]): MonthText;
  readonly limits: Pick<FeedLimits, "bytesMax" | "cellsMax" | "problemsMax">;
}
