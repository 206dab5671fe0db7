/** What GET /feeds states about missing values and simulated data. */
import { expect, test } from "vitest";
import type { FeedAnswer } from "../../shared/api/feeds.ts";
import { hubInNode } from "../support/hub-in-node.ts";

const arrival = (id: number, synthetic: 0 | 1, accepted: string | null, withdrawn: string | null) => {
  const text = (value: string | null) => (value === null ? "NULL" : `'${value}'`);
  return `(${id}, 'customers-csv', 'f${id}', 'raw/customers-csv/0123456789abcdef-${id}.csv', 'r', NULL, '2026-11-01', '2026-10-31', '2026-10-31', '{}',
    ${text(accepted)}, ${text(withdrawn)}, ${synthetic})`;
};
const arrivals = (...rows: readonly string[]) =>
  `INSERT INTO ingests (id, feed, flow_id, raw_key, rank, published_on, arrived_at, first_period, last_period, stats, accepted_at, withdrawn_at, synthetic)
    VALUES ${rows.join(", ")};`;

async function feedsOf(rows?: string): Promise<ReadonlyMap<string, FeedAnswer>> {
  const hub = await hubInNode(rows === undefined ? {} : { rows });
  const { feeds } = (await (await hub("/feeds")).json()) as { feeds: FeedAnswer[] };
  return new Map(feeds.map((feed) => [feed.id, feed]));
}

test("each feed names the forecasts for which newer values are missing, since when, and what that means", async () => {
  // The last value is of Friday, 13 November, and it is the 29th.
  const rows = "DELETE FROM observations WHERE feed = 'gold-csv' AND period > '2026-11-13';";
  const feeds = await feedsOf(rows);
  expect(feeds.get("gold-csv")?.overdue).toEqual([
    {
      ...{ forecast: "gold", state: "silent", last: "2026-11-13", since: "2026-11-23" },
      meaning: expect.stringContaining("a newer value was due before 2026-11-23. Until it comes, every prediction"),
    },
  ]);
  expect(feeds.get("cl-rain")?.overdue).toMatchObject([{ forecast: "milk-cl", last: null, since: null }]);
  const one = (await (await (await hubInNode({ rows }))("/feeds/gold-csv")).json()) as FeedAnswer;
  expect(one.overdue).toEqual(feeds.get("gold-csv")?.overdue);
});

test("data is simulated if a file in use states that it is synthetic", async () => {
  const accepted = "2026-11-01T00:00:00.000Z";
  const isSimulated = async (...rows: readonly string[]) =>
    (await feedsOf(arrivals(...rows))).get("customers-csv")?.simulated;
  expect(await isSimulated(arrival(2, 0, accepted, null))).toBeUndefined();
  expect(await isSimulated(arrival(2, 1, accepted, null))).toBe(true);
  expect(await isSimulated(arrival(2, 1, null, null), arrival(3, 1, accepted, accepted))).toBeUndefined();
});
