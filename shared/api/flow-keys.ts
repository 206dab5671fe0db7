/** Keys of flows. A key states what a flow is for and is unique, so that a repeated request returns the same flow. */

/** Returns the key of the fetch of a feed on a day. */
export function fetchKey(feed: string, day: string): string {
  return `fetch:${feed}:${day}`;
}

export interface PromotionKey {
  readonly forecast: string;
  readonly version: string;
  /** Number of the champion change that the promotion follows. */
  readonly after: number;
  readonly isForced: boolean;
}

export function promotionKey({ forecast, version, after, isForced }: PromotionKey): string {
  return `promote:${forecast}:${version}:${after}${isForced ? ":forced" : ""}`;
}

/** Returns the key of the withdrawal of an ingest. */
export function withdrawalKey(feed: string, ingest: number): string {
  return `withdraw:${feed}:${ingest}`;
}
