import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
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

test.for([
  ["workerd", "workerd serve"],
  ["the process that runs workerd", "local/runtime.ts"],
  ["the supervisor", "local/supervisor.ts"],
])(
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

/** `script` of util-linux runs a command in a terminal. */
const hasTerminals = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

test.skipIf(!hasTerminals)("Ctrl-C in a terminal stops every process and shows the cursor again", async () => {
  const state = mkdtempSync(join(tmpdir(), "almanac-terminal-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const start = `'${process.execPath}' trainer/main.ts start --port 0 --only gold --date 2026-11-20 --state '${state}'`;
  const terminal = spawn("script", ["-qec", start, "/dev/null"], { stdio: ["ignore", "pipe", "ignore"] });
  let out = "";
  terminal.stdout.on("data", (data) => {
    const wasUp = out.includes("Ctrl-C stops everything");
    out += data;
    if (wasUp || !out.includes("Ctrl-C stops everything")) return;
    process.kill(Number(readFileSync(join(state, "owner.pid"), "utf8")), "SIGINT");
  });
  const code = await new Promise((resolve) => terminal.once("close", resolve));
  expect(code).toBe(130);
  expect(existsSync(join(state, "owner.pid"))).toBe(false);
  expect(existsSync(join(state, "hub.json"))).toBe(false);
  expect(out.lastIndexOf("\u001b[?25h")).toBeGreaterThan(out.lastIndexOf("\u001b[?25l"));
});
