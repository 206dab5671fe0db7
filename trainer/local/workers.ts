/** The three Workers on wrangler's own simulators, as child processes of this one. */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { codeOf, Failure } from "../failure.ts";
import { root, wranglerCli, wranglerEnvironment } from "./bundles.ts";
import { type RuntimeSettings, runtimeEvent, runtimeVariable } from "./runtime-settings.ts";

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
export async function applyMigrations(state: string): Promise<void> {
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
  const log = join(state, "migrations.log");
  rmSync(log, { force: true });
  const wrangler = supervise([wranglerCli, ...args], { log, env: wranglerEnvironment() });
  const code = await new Promise((resolve) => wrangler.once("exit", resolve));
  if (code === 0) return;
  throw new Failure(
    `The database in ${state} cannot be brought up to date: ${wranglersReason(readFileSync(log, "utf8"))}. ` +
      "If the folder is broken, move it away or choose another with --state DIR.",
  );
}

/** A program of Node in a process of its own that does not outlive this one; what it prints goes to a file. */
function supervise(
  args: readonly string[],
  { log, env }: { readonly log: string; readonly env: NodeJS.ProcessEnv },
): ChildProcess {
  return fork(fileURLToPath(new URL("supervisor.ts", import.meta.url)), [log, process.execPath, ...args], {
    cwd: root,
    env,
    // Ctrl-C reaches the whole foreground group; the supervisor ends its children when it is told to, not before.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
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
  const supervisor = supervise([fileURLToPath(new URL("runtime.ts", import.meta.url))], { log, env });
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
    let reason = "the process ended";
    const fail = () => reject(new Failure(`The Workers did not start: ${withStop(reason)} The whole log is ${log}.`));
    const timer = setTimeout(() => {
      reason = `no answer within ${readyMaxMs / 1000} s`;
      fail();
    }, readyMaxMs);
    supervisor.once("exit", () => {
      clearTimeout(timer);
      fail();
    });
    supervisor.on("message", (message) => {
      const { data: told } = runtimeEvent.safeParse(message);
      if (told?.event === "failed") reason = told.reason;
      if (told?.event !== "ready") return;
      clearTimeout(timer);
      resolve({ port: told.port });
    });
  });
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
