/** Kills one process of a platform and waits for the end of the others. */
import { execFileSync } from "node:child_process";
import { expect } from "vitest";
import { descendants, type TestPlatform } from "./platform.ts";

/** Parts of the command lines of the processes below the supervisor. */
const commands = { workerd: "workerd serve", runtime: "local/runtime.ts" };

export type Victim = keyof typeof commands | "supervisor";

/** Returns the process whose command line contains `part`. */
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

/** Kills a process of a running platform. Checks that the platform ends and that none of its processes is left. */
export async function expectAllEnd(platform: TestPlatform, victim: Victim): Promise<void> {
  const { pid, ended } = platform.processes();
  const all = descendants(pid);
  expect(all.length).toBeGreaterThanOrEqual(3);
  // The command line of the supervisor contains that of the runtime.
  const others = all.filter((one) => one !== pid);
  process.kill(victim === "supervisor" ? pid : oneOf(others, commands[victim]), "SIGKILL");
  await ended;
  await expect.poll(() => all.map(commandOf).filter((command) => command !== ""), { timeout: 20_000 }).toEqual([]);
}
