import { execFileSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { isMatrix } from "../support/is-matrix.ts";
import { descendants, TestPlatform } from "../support/platform.ts";

const platforms: TestPlatform[] = [];
afterEach(async () => {
  for (const platform of platforms.splice(0)) await platform.dispose();
});

/** Returns the processes whose command line contains `part`. */
function oneOf(pids: readonly number[], part: string): number {
  const found = pids.filter((pid) => commandOf(pid).includes(part));
  expect(found).toHaveLength(1);
  return found[0] ?? 0;
}

/** Returns the command line of a process, or an empty text once it has ended. A zombie has ended. */
function commandOf(pid: number): string {
  try {
    const output = execFileSync("ps", ["-o", "stat=,args=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return output.startsWith("Z") ? "" : output;
  } catch {
    return "";
  }
}

const victims = [
  ["workerd", "workerd serve"],
  ["the process that runs workerd", "local/runtime.ts"],
  ["the supervisor", "local/supervisor.ts"],
];

test.for(isMatrix ? victims : victims.slice(0, 1))(
  "when %s is killed, every process of the platform ends, and the command exits with an error",
  async ([, part = ""]) => {
    const platform = new TestPlatform();
    platforms.push(platform);
    await platform.start();
    const { pid, ended } = platform.processes();
    const all = descendants(pid);
    expect(all.length).toBeGreaterThanOrEqual(3);
    // The command line of the supervisor contains that of the runtime.
    const victim = part.includes("supervisor")
      ? pid
      : oneOf(
          all.filter((one) => one !== pid),
          part,
        );
    process.kill(victim, "SIGKILL");
    await ended;
    await expect.poll(() => all.map(commandOf).filter((command) => command !== ""), { timeout: 20_000 }).toEqual([]);
  },
);
