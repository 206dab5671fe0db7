/** Runs the `almanac` command in a child process. */
import { type ChildProcess, spawn } from "node:child_process";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  /** Receives all output so far, and may end the process. */
  onOutput?(out: string, child: ChildProcess): void;
}

export function almanac(args: readonly string[], { env = {}, onOutput }: Setting = {}): Promise<Ran> {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  const child = spawn(process.execPath, ["trainer/main.ts", ...args], { stdio, env: { ...process.env, ...env } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
    onOutput?.(out, child);
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

/** Parses the last JSON that a command printed. Not validated. */
export function lastJson({ out, err }: Ran): Record<string, unknown> {
  const line = out.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`no JSON: ${out}${err}`);
  return JSON.parse(line);
}
