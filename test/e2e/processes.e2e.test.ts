import { afterEach, test } from "vitest";
import { expectAllEnd } from "../support/ended-processes.ts";
import { TestPlatform } from "../support/platform.ts";

const platforms: TestPlatform[] = [];
afterEach(async () => {
  for (const platform of platforms.splice(0)) await platform.dispose();
});

test.for(["workerd", "runtime", "supervisor"] as const)(
  "when the process %s is killed, every process of the platform ends",
  async (victim) => {
    const platform = new TestPlatform();
    platforms.push(platform);
    await platform.start();
    await expectAllEnd(platform, victim);
  },
);
