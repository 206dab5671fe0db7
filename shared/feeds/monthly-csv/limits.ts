/** What the monthly CSV feeds have in common: limits, and the form of the file. */
import type { Feed, FeedLimits } from "../feed.ts";

/** Forty-nine years of 84 columns take 184 KB and 50,000 cells. */
export const monthlyLimits: FeedLimits = {
  bytesMax: 1_000_000,
  unzippedBytesMax: 1_000_000,
  cellsMax: 200_000,
  problemsMax: 2_000,
  problemRateMax: 0.1,
  seriesLostMax: 0,
  contradictedMax: 0.05,
  correctedDays: 0,
};

export const csvFile: Feed["file"] = {
  extension: ".csv",
  contentTypes: ["text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream"],
  magic: "",
};
