/** Starts the Workers on wrangler's simulators in child processes. */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf, Failure } from "../failure.ts";
import { stopOnInterrupt } from "../interruption.ts";
import { root, wranglerEnvironment } from "./bundles.ts";
import {
  type FailedEvent,
  type FireRequest,
  type ReadyEvent,
  type RuntimeSettings,
  runtimeEvent,
  runtimeVariable,
} from "./runtime-settings.ts";

/** The messages of the child process that runs the Workers. */
export interface Supervisor {
  send(message: FireRequest): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "exit", listener: () => void): unknown;
  off(event: "message" | "exit", listener: (message: unknown) => void): unknown;
}

const readyMaxMs = 60_000;

export interface LocalWorkers {
  readonly url: string;
  readonly pid: number;
  /** The cron triggers of the hub. The simulators do not fire them. */
  readonly crons: readonly string[];
  /** Settles when the Workers have ended. */
  readonly ended: Promise<void>;
  /** Fires a cron trigger of the hub. @throws Failure if the hub fails, or does not end it within `limitMs`. */
  fire(cron: string, at: Date, limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkerSettings {
  /** The platform's folder. */
  readonly state: string;
  readonly port: number;
  /** Variables of the hub; they override those of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** `PERSONAL_TOKEN` of the hub and of predict. Without it personal data is closed. */
  readonly personalToken?: string;
  /**
   * Port of the debugger, 0 if the system chooses it. By default there is no debugger, because every user of this
   * machine could read the token in it.
   */
  readonly inspectorPort?: number | null;
}

/** Returns the folder for wrangler's `--persist-to`. */
function simulatorState(state: string): string {
  return join(state, "state");
}

/** Runs a Node program in a child process that ends with this one. Its output goes to a file. */
function supervise(
  args: readonly string[],
  { log, env }: { readonly log: string; readonly env: NodeJS.ProcessEnv },
): ChildProcess {
  return fork(fileURLToPath(new URL("supervisor.ts", import.meta.url)), [log, process.execPath, ...args], {
    cwd: root,
    env,
    // Ctrl-C signals the whole foreground group. The supervisor must end its children only when this process signals it.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

/** Returns a free port. @throws Failure if the wanted port is not free. */
export async function findPort(wanted: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const why =
        codeOf(error) === "EADDRINUSE"
          ? "another program uses it"
          : codeOf(error) === "EACCES"
            ? "permission denied"
            : error.message;
      reject(
        new Failure(
          `Port ${wanted} cannot be used: ${why}. Choose another with --port N; --port 0 lets the system choose.`,
        ),
      );
    });
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : wanted));
    });
  });
}

/** Starts the Workers, migrates their database, and waits until they accept requests. */
export async function startWorkers({
  state,
  port,
  variables,
  personalToken,
  inspectorPort = null,
}: WorkerSettings): Promise<LocalWorkers> {
  const log = join(state, "workers.log");
  const predictVariables: Record<string, string> = personalToken === undefined ? {} : { PERSONAL_TOKEN: personalToken };
  const settings: RuntimeSettings = {
    state: simulatorState(state),
    port,
    variables: { ...variables, ...predictVariables },
    predictVariables,
    inspectorPort,
  };
  // Not as an argument: all users can read a process's arguments, and the variables contain a token.
  const env = { ...wranglerEnvironment(), [runtimeVariable]: JSON.stringify(settings) };
  const supervisor = supervise([fileURLToPath(new URL("runtime.ts", import.meta.url))], { log, env });
  const ended = new Promise<void>((resolve) => supervisor.once("exit", () => resolve()));
  const stop = async () => {
    if (supervisor.exitCode === null) supervisor.kill("SIGTERM");
    await ended;
  };
  // Also while they start, when the platform does not exist yet.
  void ended.then(stopOnInterrupt(stop));
  try {
    const { port: bound, crons } = await ready(supervisor, log);
    const fire = firing(supervisor, log);
    return { url: `http://127.0.0.1:${bound}`, pid: supervisor.pid ?? 0, crons, ended, fire, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns the function that fires cron triggers of the hub: it sends a message to the runtime and waits for the answer. */
export function firing(supervisor: Supervisor, log: string): LocalWorkers["fire"] {
  let last = 0;
  return (cron, at, limitMs) => {
    const id = ++last;
    const request: FireRequest = { fire: id, cron, timeMs: at.getTime() };
    return new Promise((resolve, reject) => {
      const end = (error: string | null) => {
        clearTimeout(timer);
        supervisor.off("message", onMessage);
        supervisor.off("exit", onExit);
        if (error === null) resolve();
        else reject(new Failure(`The job "${cron}" of the hub failed: ${withStop(error)} See ${log}.`));
      };
      const onMessage = (message: unknown) => {
        const { data: event } = runtimeEvent.safeParse(message);
        if (event?.event === "fired" && event.id === id) end(event.error);
      };
      const onExit = () => end("the Workers ended");
      const timer = setTimeout(() => end(`it did not end within ${limitMs / 1000} s`), limitMs);
      supervisor.on("message", onMessage);
      supervisor.once("exit", onExit);
      supervisor.send(request);
    });
  };
}

function ready(supervisor: ChildProcess, log: string): Promise<ReadyEvent> {
  const logged = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  return new Promise((resolve, reject) => {
    let reason = "the process ended";
    let during: FailedEvent["during"] = "start";
    const fail = () =>
      reject(new Failure(during === "start" ? notStarted(reason, log) : notMigrated(reason, log, logged)));
    const timer = setTimeout(() => {
      reason = `they did not respond within ${readyMaxMs / 1000} s`;
      fail();
    }, readyMaxMs);
    supervisor.once("exit", () => {
      clearTimeout(timer);
      fail();
    });
    supervisor.on("message", (message) => {
      const { data: event } = runtimeEvent.safeParse(message);
      if (event?.event === "failed") ({ reason, during } = event);
      if (event?.event !== "ready") return;
      clearTimeout(timer);
      resolve(event);
    });
  });
}

function notStarted(reason: string, log: string): string {
  return `The Workers did not start: ${withStop(reason)} See ${log}.`;
}

/** Names SQLite's reason if workerd has logged it since `logged` bytes: D1 itself answers with "internal error" only. */
function notMigrated(reason: string, log: string, logged: number): string {
  const text = readFileSync(log).subarray(logged).toString("utf8");
  const sqlite = /= ([^=\n]*?: SQLITE_[A-Z]+)/.exec(text)?.[1];
  return (
    `The database in ${dirname(log)} cannot be migrated: ${withStop(sqlite ?? reason)} ` +
    "If the folder is damaged, move it or choose another with --state DIR."
  );
}

/** Adds a full stop unless the sentence has an end mark. */
function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
