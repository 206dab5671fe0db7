/** A database with the events of a simulated shop: 2,000 customers and the files of three years, as ingests have written them. */
import { drizzle } from "drizzle-orm/d1";
import * as schema from "../../shared/db/schema.ts";
import { feeds } from "../../shared/feeds/index.ts";
import { toFacts } from "../../shared/lake/fact.ts";
import { shopFiles } from "../../trainer/simulate/shop-files.ts";
import { D1InNode } from "./d1-in-node.ts";

/** One after another, so that only one file is in memory. */
export async function eventDatabase(until = "2026-11-30", firstDay = "2023-11-01") {
  const d1 = new D1InNode();
  // Facts without the ingests that wrote them.
  d1.exec("PRAGMA foreign_keys = OFF");
  const addSeries = "INSERT INTO series (feed, key, dimensions) VALUES (?, ?, '{}') ON CONFLICT DO NOTHING";
  const addFact = `INSERT INTO observations SELECT ?1, ?2, id, ?4, ?5, 1 FROM series WHERE feed = ?1 AND key = ?3
    ON CONFLICT DO NOTHING`;
  for (const { feed: id, name, bytes } of shopFiles({ seed: "almanac", firstDay, until })) {
    const feed = feeds.find((one) => one.id === id);
    if (!feed) throw new Error(`there is no feed ${id}`);
    const { observations } = await feed.parse(bytes, { name, arrivedAt: `${until}T00:00:00Z` });
    d1.exec("BEGIN");
    for (const { series, period, variable, value } of toFacts(feed, observations)) {
      d1.prepare(addSeries).bind(id, series).rows();
      d1.prepare(addFact).bind(id, period, series, variable, value).rows();
    }
    d1.exec("COMMIT");
  }
  // Drizzle reads only these members of a D1 database.
  return drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });
}
