/** The shared cases of files that arrive in another order than they were published. */
import { beforeEach, describe, expect, test } from "vitest";
import { days, storedValue, take } from "../support/arrivals.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { migrate, query, testEnv } from "../support/hub.ts";
import type { ArrivedFile } from "../support/ingest-here.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

const { FILES } = testEnv as unknown as { readonly FILES: Pick<Fetcher, "fetch"> };

const isHere = (await FILES.fetch("http://files.test/case/gold-A.csv")).ok;
if (!isHere) console.log("skipped with shared cases: ../shared/cases is not there");

describe.skipIf(!isHere)("the shared cases", () => {
  async function shared(feed: string, name: string, at: string, arrival = name): Promise<ArrivedFile> {
    const file = await FILES.fetch(`http://files.test/case/${name}`);
    return { feed, name, bytes: new Uint8Array(await file.arrayBuffer()), arrivedAt: new Date(at), arrival };
  }

  test("gold-A, gold-B, gold-A again: A's price is used", async () => {
    for (const [name, at, arrival] of [
      ["gold-A.csv", days[0], "A"],
      ["gold-B.csv", days[1], "B"],
      ["gold-A.csv", days[2], "A again"],
    ] as const)
      expect(await take(await shared("gold-csv", name, at, arrival))).toMatchObject({ state: "done" });
    expect(await storedValue("EUR", "2026-11-20")).toBe(2223.4);
  });

  test("gold-withdrawn: the stored price stays and the missing one is reported", async () => {
    await take(await shared("gold-csv", "gold-A.csv", days[0]));
    expect(await take(await shared("gold-csv", "gold-withdrawn.csv", days[1]))).toMatchObject({
      state: "done",
      stats: { blanked: 1 },
    });
    expect(await storedValue("EUR", "2026-11-18")).toBe(2245.8);
  });

  test("the correction of 2026-11-24 to 30 wins against the file that reaches to 2026-12-03", async () => {
    const feed = "open-meteo-air-quality";
    const far = await shared(feed, "air-quality-2026-11-15_2026-12-03.json", "2026-11-28T12:00:00Z");
    const correction = await shared(feed, "air-quality-2026-11-24_2026-11-30.json", "2026-11-29T12:00:00Z");
    expect(await take(far)).toMatchObject({ state: "done" });
    expect(await take(correction)).toMatchObject({ state: "done" });
    const { hourly } = JSON.parse(new TextDecoder().decode(correction.bytes)) as {
      hourly: { time: string[]; ozone: number[] };
    };
    for (const [index, time] of hourly.time.entries()) {
      const period = time.slice(0, 13);
      const variable = period <= "2026-11-29T11" ? "ozone" : "ozone_forecast";
      expect([period, await storedValue(variable, period)]).toEqual([period, hourly.ozone[index]]);
    }
  });

  test("Leche27112026 with its block of 2026-12-04 has no observation on 2026-11-29", async () => {
    expect(await take(await shared("sniim-milk", "Leche27112026.xlsx", "2026-11-29T12:00:00Z"))).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("2026-12-04"),
    });
    expect(await query("SELECT count(*) AS facts FROM observations")).toEqual([{ facts: 0 }]);
  });
});
