import { beforeEach, expect, test } from "vitest";
import { hub, ingested, migrate, request } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";

beforeEach(migrate);

test("a publication ends in the lake, the database and the online history", async () => {
  const flow = await ingested("Leche03012025.xlsx", publication([{ day: "2025-01-03", cities: someCities(3) }]));
  expect(flow).toMatchObject({ state: "done", reason: null });
  const answer = await request("/feeds/sniim-milk/observations");
  expect(await answer.json()).toMatchObject({ observations: expect.arrayContaining([]) });
  const listed = await hub.lake.list();
  expect(listed.objects.map((object) => object.key.replace(/[0-9a-f]{16}/, "…"))).toEqual([
    "clean/sniim-milk/_SUCCESS",
    "clean/sniim-milk/year=2025/month=01/day=03/part.parquet",
    "raw/sniim-milk/…-Leche03012025.xlsx",
  ]);
  expect(await hub.snapshots.get("history:milk-mx")).toContain("Ciudad A");
});
