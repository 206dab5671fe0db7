/** How a running platform ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";

/** Runs until a signal, and writes a file while it stops. */
const program = `
  import { writeFileSync } from "node:fs";
  const { onInterrupt } = await import(process.env.MODULE);
  onInterrupt(async () => writeFileSync(process.env.STOPPED, "stopped"));
  setInterval(() => {}, 1000);
  console.log(process.pid);`;

/** Starts the program from a shell, as npm does, and returns the shell and the process id of the program. */
async function startFromShell(env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "almanac-interrupt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stopped = join(folder, "stopped");
  const module = pathToFileURL("trainer/local/on-interrupt.ts").href;
  const { npm_lifecycle_event: _, ...own } = process.env;
  const shell = spawn("sh", ["-c", '"$NODE" --input-type=module -e "$PROGRAM"; exit $?'], {
    env: { ...own, NODE: process.execPath, PROGRAM: program, MODULE: module, STOPPED: stopped, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = await once(shell.stdout, "data");
  // It must not outlive a failed test.
  onTestFinished(() => {
    if (!existsSync(stopped)) process.kill(Number(pid), "SIGKILL");
  });
  return { shell, stopped };
}

test.skipIf(process.platform === "win32")(
  "SIGTERM of npm stops a start, although npm sends it only to the shell of its script",
  async () => {
    const { shell, stopped } = await startFromShell({ npm_lifecycle_event: "start" });
    shell.kill("SIGTERM");
    // The program has a copy of the shell's output, so this is the end of both.
    await once(shell, "close");
    expect(readFileSync(stopped, "utf8")).toBe("stopped");
  },
);
