/** `npm run test:load`: it takes about half a minute. LOAD_SECONDS=60 tests the full minute of the benchmark. */
import { afterAll, expect, test } from "vitest";
import { loadWhileChanging } from "../support/changing-platform.ts";
import { TestPlatform } from "../support/platform.ts";

const seconds = Number(process.env.LOAD_SECONDS ?? 10);
const perSecond = 200;

const platform = new TestPlatform();
afterAll(() => platform.dispose());

test(
  "200 requests a second during a promotion and an ingest: no answer fails, and none mixes two versions",
  async () => {
    const { requests, failed, mixed, seen, latencies } = await loadWhileChanging(platform, { perSecond, seconds });
    expect(failed).toEqual([]);
    expect(mixed).toEqual([]);
    expect(requests).toBeGreaterThanOrEqual(seconds * perSecond);
    expect(latencies).toHaveLength(requests);
    const served = [...seen].map((one) => one.split(" "));
    expect(new Set(served.map(([version]) => version))).toEqual(new Set(["v1.0", "v2.0"]));
    expect(new Set(served.map(([, history]) => history)).size).toBe(2);
  },
  (seconds + 240) * 1000,
);
