/** `almanac feeds`: lists the feeds, the periods that are stored, the forecasts for which newer values are missing, and the periods in which a variable changes its meaning. */
import { connect } from "../connect.ts";
import { print, printJson, prose, table, thousands } from "../terminal.ts";
import { breakText } from "../training/break-text.ts";

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
  for (const { overdue } of feeds) {
    for (const { forecast, meaning } of overdue) print(`\n${prose(`${forecast}: ${meaning}`)}`);
  }
  const simulated = feeds.filter((feed) => feed.simulated).map(({ id }) => id);
  if (simulated.length > 0) print(`\n${prose(`Simulated data: ${simulated.join(", ")}.`)}`);
  for (const { id, breaks } of feeds) {
    for (const one of breaks) print(`\n${prose(breakText({ feed: id, ...one }))}`);
  }
}
