/** `almanac start`: runs the whole platform on this machine, with data from a simulated publisher. */
import { withDiskReason } from "../disk.ts";
import { Failure } from "../failure.ts";
import { stopOnInterrupt } from "../interruption.ts";
import { claimState, defaultState, openState, releaseState } from "../local/state.ts";
import { readSimulatedDay } from "../read-simulated-day.ts";
import { print, printError, prose } from "../terminal.ts";
import { readTrainingOptions } from "../training/options.ts";
import { isComplete, type Progress, running } from "./start-progress.ts";
import { printStart } from "./start-report.ts";
import { scopeOf } from "./start-scope.ts";
import { bringUp } from "./start-tasks.ts";

export interface StartOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly port: string;
  readonly state?: string;
  readonly date?: string;
  readonly only?: string;
  /** True without a port, which lets the system choose one. */
  readonly inspect?: string | true;
  /** Trials of each candidate in the first training; few, so that a start takes about a minute. */
  readonly trials: string;
}

export async function start(options: StartOptions): Promise<void> {
  const date = readSimulatedDay(options.date ?? new Date().toISOString().slice(0, 10));
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Failure(`--port ${options.port} is not a port. Expected 0 to 65535.`);
  const scope = scopeOf(options.only);
  const first = readTrainingOptions({ trials: options.trials });
  const inspectorPort = readInspectorPort(options.inspect);
  // Other users of this machine must not read the state: it contains the token.
  process.umask(0o077);
  const state = openState(options.state ?? defaultState);
  claimState(state);

  const progress: Progress = { publications: [], trained: [], failed: [], unanswered: [] };
  const stop = async () => {
    await progress.platform?.stop();
    releaseState(state);
  };
  const forget = stopOnInterrupt(stop);
  try {
    await bringUp(progress, { state, port, date, scope, first, inspectorPort, json: options.json === true });
    const platform = running(progress);
    await printStart(platform, progress, { ...options, state, date, scope });
    if (options.once) {
      if (!isComplete(progress)) process.exitCode = 1;
      return;
    }
    platform.runCrons((reason) => printError(prose(reason)));
    if (!options.json) print("Ctrl-C stops everything.");
    await platform.ended;
    throw new Failure(`The Workers ended unexpectedly. See ${state}/workers.log, then start again.`);
  } catch (error) {
    throw withDiskReason(state, error);
  } finally {
    await stop();
    forget();
  }
}

/** Returns the port of the debugger: null without `--inspect`, 0 for `--inspect` without a port. */
function readInspectorPort(inspect: StartOptions["inspect"]): number | null {
  if (inspect === undefined) return null;
  const port = inspect === true ? 0 : Number(inspect);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Failure(`--inspect ${inspect} is not a port. Expected 0 to 65535.`);
}
