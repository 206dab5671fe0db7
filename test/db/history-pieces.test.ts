/** Reading the facts of thousands of series. */
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { latestFacts } from "../../shared/db/history.ts";
import * as schema from "../../shared/db/schema.ts";
import { D1InNode } from "../support/d1-in-node.ts";

test("more facts than one query returns are read completely, once each, with the keys of their series", async () => {
  const d1 = new D1InNode();
  const [seriesCount, days] = [3_001, 7];
  d1.exec(`
    INSERT INTO ingests (id, feed, flow_id, raw_key, rank, published_on, arrived_at, first_period, last_period, stats)
      VALUES (1, 'sniim-milk', 'f', 'k', 'r', NULL, '2026-11-20', NULL, NULL, '{}');
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${seriesCount})
    INSERT INTO series (id, feed, key, dimensions) SELECT n, 'sniim-milk', '["S' || n || '"]', '{}' FROM numbers;
    WITH RECURSIVE days (d) AS (SELECT 1 UNION ALL SELECT d + 1 FROM days WHERE d < ${days})
    INSERT INTO observations (feed, period, series_id, variable, value, ingest_id)
      SELECT 'sniim-milk', '2026-11-0' || d, series.id, 'precio', series.id + d / 10.0, 1 FROM days, series;`);
  // Drizzle reads only these members of a D1 database.
  const db = drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });
  const options = { variables: ["precio"], periods: days, granularity: "day", alignTo: "day" } as const;
  const facts = await latestFacts(db, "sniim-milk", options);
  expect(facts).toHaveLength(seriesCount * days);
  expect(new Set(facts.map(({ period, series }) => period + series)).size).toBe(facts.length);
  for (const { period, series, value } of facts)
    expect(value).toBe(Number(series.slice(3, -2)) + Number(period.slice(-1)) / 10);
});
