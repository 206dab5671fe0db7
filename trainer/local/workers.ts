/** The three Workers on wrangler's own simulators, as child processes of this one. */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { codeOf, Failure } from "../failure.ts";
import { root, wranglerCli, wranglerEnvironment } from "./bundles.ts";
import { type RuntimeSettings, runtimeVariable } from "./runtime-settings.ts";

const readyMaxMs = 60_000;

export interface LocalWorkers {
  readonly url: string;
  readonly pid: number;
  /** Settles when the Workers have ended by themselves. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface WorkerSettings {
  /** The platform's folder. */
  readonly state: string;
  readonly port: number;
  /** Variables of the hub, over those of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where a debugger may look into the Workers; by default the system chooses. */
  readonly inspectorPort?: number;
}

/** As wrangler's `--persist-to` knows it. */
function simulatorState(state: string): string {
  return join(state, "state");
}

/** Brings the database of a state folder to the current schema. */
export function applyMigrations(state: string): void {
  const args = [
    "d1",
    "migrations",
    "apply",
    "DB",
    "--local",
    "--persist-to",
    simulatorState(state),
    "-c",
    join(root, "wrangler.toml"),
  ];
  const done = spawnSync(process.execPath, [wranglerCli, ...args], {
    cwd: root,
    env: wranglerEnvironment(),
    encoding: "utf8",
  });
  if (done.status === 0) return;
  throw new Failure(
    `The database in ${state} cannot be brought up to date: ${wranglersReason(`${done.stdout}\n${done.stderr}`)}. ` +
      "If the folder is broken, move it away or choose another with --state DIR.",
  );
}

/** The one telling line of what wrangler printed: SQLite's own words where there are some. */
function wranglersReason(printed: string): string {
  const plain = stripVTControlCharacters(printed);
  const sqlite = /= ([^=]*?: SQLITE_[A-Z]+)/.exec(plain)?.[1];
  const marked = /✘ \[ERROR\] (.+)/.exec(plain)?.[1];
  return (sqlite ?? marked ?? "wrangler did not say why").slice(0, 200);
}

/** A port that is free now; refuses a wanted one that is taken. */
export async function findPort(wanted: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const why =
        codeOf(error) === "EADDRINUSE"
          ? "another program listens there"
          : codeOf(error) === "EACCES"
            ? "you may not listen there"
            : error.message;
      reject(
        new Failure(
          `Port ${wanted} cannot be used: ${why}. Choose another with --port N, or let the system choose with --port 0.`,
        ),
      );
    });
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : wanted));
    });
  });
}

/** Starts the Workers and waits until they answer. */
export async function startWorkers({
  state,
  port,
  variables,
  inspectorPort = 0,
}: WorkerSettings): Promise<LocalWorkers> {
  const log = join(state, "workers.log");
  const settings: RuntimeSettings = { state: simulatorState(state), port, variables, inspectorPort };
  // Not as an argument: those of a process are for everyone to read, and there is a token among the variables.
  const env = { ...wranglerEnvironment(), [runtimeVariable]: JSON.stringify(settings) };
  const runtime = fileURLToPath(new URL("runtime.ts", import.meta.url));
  const supervisor = fork(fileURLToPath(new URL("supervisor.ts", import.meta.url)), [log, process.execPath, runtime], {
    cwd: root,
    env,
    // Ctrl-C reaches the whole foreground group; the supervisor ends its children when it is told to, not before.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = new Promise<void>((resolve) => supervisor.once("exit", () => resolve()));
  const stop = async () => {
    if (supervisor.exitCode === null) supervisor.kill("SIGTERM");
    await ended;
  };
  try {
    const address = await ready(supervisor, log);
    return { url: `http://127.0.0.1:${address.port}`, pid: supervisor.pid ?? 0, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ready(supervisor: ChildProcess, log: string): Promise<{ readonly port: number }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Failure(`The Workers did not start: ${why}.${lastErrors(log)} The whole log is ${log}.`));
    const timer = setTimeout(() => fail(`no answer within ${readyMaxMs / 1000} s`), readyMaxMs);
    supervisor.once("exit", () => {
      clearTimeout(timer);
      fail("the process ended");
    });
    supervisor.on("message", (message) => {
      const event: { event?: string; port?: number } = JSON.parse(
        typeof message === "string" ? message : JSON.stringify(message),
      );
      if (event.event !== "ready" || !event.port) return;
      clearTimeout(timer);
      resolve({ port: event.port });
    });
  });
}

function lastErrors(log: string): string {
  const lines = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => /error/i.test(line));
  return lines.length > 0 ? ` It said: ${lines.at(-1)?.trim()}` : "";
}
