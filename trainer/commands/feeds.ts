/** `almanac feeds`: lists the feeds and the periods that are stored. */
import { connect } from "../connect.ts";
import { print, printJson, table, thousands } from "../terminal.ts";

export async function listFeeds(options: {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
}): Promise<void> {
  const hub = connect(options);
  const { feeds } = await hub.api.listFeeds();
  if (options.json) return printJson({ feeds });
  const rows = feeds.map((feed) => [
    feed.id,
    feed.publisher,
    thousands(feed.observations),
    feed.firstPeriod ?? "–",
    feed.lastPeriod ?? "–",
    feed.lastSuccessAt?.slice(0, 16).replace("T", " ") ?? "never",
  ]);
  print(
    table(["feed", "publisher", "observations", "from", "to", "last fetched"], rows, { right: [2], optional: [1, 3] }),
  );
}
