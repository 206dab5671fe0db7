/** Ten seconds of it in `npm test`; `LOAD_SECONDS=60` for the whole promise. */
import { afterAll, expect, test } from "vitest";
import { loadWhileChanging } from "../support/changing-platform.ts";
import { TestPlatform } from "../support/platform.ts";

const seconds = Number(process.env.LOAD_SECONDS ?? 10);
/** An isolate looks for something newer every 30 seconds. */
const changeSeconds = 45;

const platform = new TestPlatform();
afterAll(() => platform.dispose());

test(
  "200 requests a second while a model is promoted and a publication comes in: no answer fails, and none mixes two versions",
  async () => {
    const { asked, failed, mixed, seen, latencies } = await loadWhileChanging(platform, { perSecond: 200, seconds });
    expect(failed).toEqual([]);
    expect(mixed).toEqual([]);
    expect(latencies).toHaveLength(asked);
    const served = [...seen];
    expect(served.some((one) => one.startsWith("v1.0 "))).toBe(true);
    if (seconds < changeSeconds) return;
    expect(served.some((one) => one.startsWith("v2.0 "))).toBe(true);
    expect(new Set(served.map((one) => one.split(" ")[1])).size).toBe(2);
  },
  (seconds + 110) * 1000,
);
