import type { Feed } from "../../shared/feeds/feed.ts";
import { feeds, findFeed } from "../../shared/feeds/index.ts";
import { nearest } from "../../shared/text-distance.ts";
import { Failure } from "../failure.ts";

export function knownFeed(id: string): Feed {
  const feed = findFeed(id);
  if (feed) return feed;
  const ids = feeds.map((known) => known.id);
  const meant = nearest(id, ids);
  throw new Failure(`There is no feed ${id}${meant ? `; did you mean ${meant}?` : `. There are: ${ids.join(", ")}.`}`);
}
