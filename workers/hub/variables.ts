/** Validates the plain variables of wrangler.toml once. An invalid variable fails only the work that reads it. */
import { baseUrlOf, type Feed } from "../../shared/feeds/feed.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";

export interface Variables {
  /** Number of days for which single predictions are stored. */
  readonly predictionRetentionDays: Result<number>;
  /** Maximum number of predictions that are stored of a forecast and a minute. */
  readonly predictionRowsPerMinute: Result<number>;
  /** True if a base URL may be this machine; only in local configuration. */
  readonly allowLoopback: Result<boolean>;
  /** Returns the base URL of a feed; empty if it is not fetched. */
  baseUrl(feed: Pick<Feed, "id" | "source">): string;
}

/** Validates the variables. `read` returns a variable by name, or an empty text if it is not set. */
export function readVariables(read: (name: string) => string): Variables {
  return {
    predictionRetentionDays: readDays("PREDICTIONS_KEPT_DAYS", read),
    predictionRowsPerMinute: readCount("PREDICTIONS_ROWS_PER_MINUTE", read, 500),
    allowLoopback: readFlag("ALLOW_LOOPBACK", read),
    baseUrl: (feed) => baseUrlOf(feed, read),
  };
}

function readDays(name: string, read: (name: string) => string): Result<number> {
  const found = read(name);
  if (/^\d{1,5}$/.test(found) && Number(found) >= 1) return success(Number(found));
  return failure(`${name} is "${found}", expected a whole number of days from 1 to 99999. Set it in wrangler.toml.`);
}

function readCount(name: string, read: (name: string) => string, otherwise: number): Result<number> {
  const found = read(name);
  if (found === "") return success(otherwise);
  if (/^\d{1,6}$/.test(found)) return success(Number(found));
  return failure(`${name} is "${found}", expected a whole number from 0 to 999999. Set it in wrangler.toml.`);
}

function readFlag(name: string, read: (name: string) => string): Result<boolean> {
  const found = read(name);
  if (found === "true") return success(true);
  if (found === "false" || found === "") return success(false);
  return failure(`${name} is "${found}", expected "true" or "false". Set it in wrangler.toml.`);
}
