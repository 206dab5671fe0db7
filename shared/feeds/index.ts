import type { Feed } from "./feed.ts";
import { sniimMilk } from "./sniim-milk.ts";

/** The catalogue: a new feed is one file in this folder and one name here. */
export const feeds: readonly Feed[] = [sniimMilk];

export function findFeed(id: string): Feed | undefined {
  return feeds.find((feed) => feed.id === id);
}
