/** How a command ends at a signal. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { stopAll, stopOnInterrupt } from "../../trainer/interruption.ts";
import { asRun } from "../../trainer/training/training-run.ts";

/** Runs until a signal, and writes a file while it stops. With HANG it never stops by itself. */
const program = `
  import { writeFileSync } from "node:fs";
  const { handleInterrupts, stopOnInterrupt } = await import(process.env.MODULE);
  handleInterrupts();
  stopOnInterrupt(async () => {
    writeFileSync(process.env.STOPPED, "stopped");
    if (process.env.HANG) await new Promise(() => {});
    return "Start again.";
  });
  setInterval(() => {}, 1000);
  console.log(process.pid);`;

const module = pathToFileURL("trainer/interruption.ts").href;
const { npm_lifecycle_event: _, ...own } = process.env;

/** Starts the program directly, or from a shell as npm does. Returns its process id and its file. */
async function startProgram(env: Readonly<Record<string, string>>, isInShell = false) {
  const folder = mkdtempSync(join(tmpdir(), "almanac-interrupt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stopped = join(folder, "stopped");
  const [command, args] = isInShell
    ? ["sh", ["-c", '"$NODE" --input-type=module -e "$PROGRAM"; exit $?']]
    : [process.execPath, ["--input-type=module", "-e", program]];
  const child = spawn(command, args, {
    env: { ...own, NODE: process.execPath, PROGRAM: program, MODULE: module, STOPPED: stopped, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const err = text(child.stderr);
  const [line] = await once(child.stdout, "data");
  const pid = Number(line);
  // It must not outlive a failed test.
  onTestFinished(() => {
    if (!existsSync(stopped)) process.kill(pid, "SIGKILL");
  });
  return { child, pid, stopped, err };
}

describe.skipIf(process.platform === "win32")("a signal", () => {
  test.for([
    ["SIGINT", 130, "Ctrl-C"],
    ["SIGTERM", 143, "SIGTERM"],
    ["SIGHUP", 129, "SIGHUP"],
  ] as const)(
    "%s ends a command with code %i and one line, after everything has stopped",
    async ([signal, code, name]) => {
      const { child, stopped, err } = await startProgram({});
      child.kill(signal);
      expect(await once(child, "close")).toEqual([code, null]);
      expect(readFileSync(stopped, "utf8")).toBe("stopped");
      expect(await err).toBe(`Stopped by ${name}. Start again.\n`);
    },
  );

  test("is followed by a second one, which ends a command that cannot stop", async () => {
    const { child, stopped, err } = await startProgram({ HANG: "1" });
    child.kill("SIGINT");
    await expect.poll(() => existsSync(stopped)).toBe(true);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(await err).toContain("Ended at once by a second signal.");
  });

  test("of npm stops a start, although npm sends it only to the shell of its script", async () => {
    const { child, stopped } = await startProgram({ npm_lifecycle_event: "start" }, true);
    child.kill("SIGTERM");
    // The program has a copy of the shell's output, so this is the end of both.
    await once(child, "close");
    expect(readFileSync(stopped, "utf8")).toBe("stopped");
  });
});

test("an interruption stops later parts first, also if one of them fails, and returns their advice", async () => {
  const stopped: string[] = [];
  const remove = [
    stopOnInterrupt(() => void stopped.push("platform")),
    stopOnInterrupt(() => "Resume it."),
    stopOnInterrupt(() => Promise.reject(new Error("the hub does not answer"))),
    stopOnInterrupt(() => void stopped.push("training")),
  ];
  onTestFinished(() => {
    for (const one of remove) one();
  });
  expect(await stopAll()).toEqual(["the hub does not answer", "Resume it."]);
  expect(stopped).toEqual(["training", "platform"]);
});

test("an interrupted training ends its run as abandoned, and a finished one is not changed later", async () => {
  const ends: unknown[] = [];
  const api = {
    sendHeartbeat: async () => undefined as never,
    endRun: async ({ body }: { readonly body: { readonly state: string } }) => {
      ends.push(body.state);
      return undefined as never;
    },
  };
  const running = Promise.withResolvers<{ result: string; reason: string; stats: Record<string, number> }>();
  const result = asRun({ api }, "run-1", () => running.promise);
  await stopAll();
  expect(ends).toEqual(["abandoned"]);
  running.resolve({ result: "champion", reason: "it is better", stats: { trials: 2 } });
  expect(await result).toBe("champion");
  await stopAll();
  expect(ends).toEqual(["abandoned", "done"]);
});
