/** `almanac feeds`: what is watched and how far it has come. */
import { connect } from "../connect.ts";
import { table, thousands } from "../terminal.ts";

export async function listFeeds(options: {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
}): Promise<void> {
  const hub = connect(options);
  const { feeds } = await hub.api.listFeeds();
  if (options.json) return console.log(JSON.stringify({ feeds }));
  const rows = feeds.map((feed) => [
    feed.id,
    feed.publisher,
    thousands(feed.observations),
    feed.firstPeriod ?? "–",
    feed.lastPeriod ?? "–",
    feed.lastSuccessAt?.slice(0, 16).replace("T", " ") ?? "never",
  ]);
  console.log(
    table(["feed", "publisher", "observations", "from", "to", "last fetched"], rows, { right: [2], optional: [1, 3] }),
  );
}
