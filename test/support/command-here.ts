/**
 * Runs the `almanac` command in this process. A child process takes half a second of processor time to start; tests of processes,
 * signals and of the entry use `command.ts`.
 */
import { vi } from "vitest";
import { runCommand } from "../../trainer/run-command.ts";
import type { Ran, Setting } from "./command.ts";

/** Number of commands that run in this process. The output of two commands could not be separated. */
let running = 0;

/** Runs one command and returns its output. @throws Error if another one runs in this process. */
export async function almanacHere(args: readonly string[], { env = {} }: Pick<Setting, "env"> = {}): Promise<Ran> {
  if (running > 0) throw new Error("a command runs in this process: wait for its end");
  running++;
  const [out, err] = [captured("stdout", "log"), captured("stderr", "error")];
  const { exitCode } = process;
  process.exitCode = 0;
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    await runCommand(args);
    return { code: Number(process.exitCode), out: out.text(), err: err.text() };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    out.stop();
    err.stop();
    running--;
  }
}

/** Collects what is written to a stream, by itself or with a method of the console. */
function captured(stream: "stdout" | "stderr", method: "log" | "error") {
  let text = "";
  const written = vi.spyOn(process[stream], "write").mockImplementation((data) => {
    text += String(data);
    return true;
  });
  const logged = vi.spyOn(console, method).mockImplementation((line) => {
    text += `${line}\n`;
  });
  return {
    text: () => text,
    stop: () => {
      written.mockRestore();
      logged.mockRestore();
    },
  };
}
