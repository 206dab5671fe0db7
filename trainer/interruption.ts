/** Ends a command at Ctrl-C, SIGTERM or SIGHUP, after everything that it started has stopped. */
import { writeSync } from "node:fs";
import { messageOf } from "../shared/lib/error-reason.ts";

/** Stops a part of a command. A text that it returns, or its promise, is advice for the person. */
export type Stop = () => unknown;

/** The exit code of a shell's command that a signal ended: 128 plus the number of the signal. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type EndingSignal = keyof typeof exitCodes;
const signalNames: Readonly<Record<EndingSignal, string>> = {
  SIGINT: "Ctrl-C",
  SIGTERM: "SIGTERM",
  SIGHUP: "SIGHUP",
};

const showCursor = "\u001b[?25h";
/** A person who waits longer than this reads what happens. */
const noticeAfterMs = 1_000;
/** The supervisor of the Workers kills them after 4 seconds. */
const stopMaxMs = 8_000;
/** How often the parent is compared: a process gets no signal when its parent ends. */
const compareParentMs = 250;

/** A process has one set of signals, so these are shared by all modules. */
const stops = new Set<Stop>();
const interruption = new AbortController();

/** Aborted at the first signal, before anything stops. */
export const interrupted: AbortSignal = interruption.signal;

/** Runs `stop` when a signal interrupts the command, later ones first. Returns a function that removes it. */
export function stopOnInterrupt(stop: Stop): () => void {
  stops.add(stop);
  return () => stops.delete(stop);
}

/**
 * Ends this process at the first signal after everything has stopped, and at the second one immediately. npm sends SIGTERM only to
 * the shell of its script, and the shell ends without sending it on, so for a script of npm the end of the shell counts as SIGTERM.
 */
export function handleInterrupts(): void {
  // Not `once`: without a listener, signal-exit of the task list kills the process before anything has stopped.
  for (const signal of Object.keys(exitCodes) as EndingSignal[]) process.on(signal, () => void interrupt(signal));
  // The shell of Ctrl-C also ends. That is no second signal.
  if (process.env["npm_lifecycle_event"] !== undefined) {
    whenParentEnds(() => interrupted.aborted || void interrupt("SIGTERM"));
  }
}

async function interrupt(signal: EndingSignal): Promise<void> {
  if (interrupted.aborted) end(signal, ["Ended at once by a second signal."]);
  interruption.abort();
  // The terminal of SIGHUP does not exist any more, and a reader may have closed a pipe.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const notice = setTimeout(() => writeAtOnce(2, "\nStopping. Press Ctrl-C again to end at once.\n"), noticeAfterMs);
  const limit = setTimeout(() => end(signal, ["Not everything stopped in time."]), stopMaxMs);
  const advice = await stopAll();
  clearTimeout(notice);
  clearTimeout(limit);
  end(signal, advice);
}

/** Runs what `stopOnInterrupt` has registered, later ones first. Returns their advice and the reasons of those that failed. */
export async function stopAll(): Promise<string[]> {
  const advice: string[] = [];
  for (const stop of [...stops].reverse()) {
    try {
      const returned = await stop();
      if (typeof returned === "string") advice.push(returned);
    } catch (error) {
      advice.push(messageOf(error));
    }
  }
  return advice;
}

/** Shows the cursor, prints one line and ends the process. The task list hides the cursor and captures writes to the streams. */
function end(signal: EndingSignal, advice: readonly string[]): never {
  if (process.stdout.isTTY) writeAtOnce(1, showCursor);
  if (process.stderr.isTTY) writeAtOnce(2, `${showCursor}\n`);
  const line = [`Stopped by ${signalNames[signal]}.`, ...advice].join(" ");
  writeAtOnce(2, `${line}\n`);
  process.exit(exitCodes[signal]);
}

function writeAtOnce(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // The terminal or the reader of the pipe has ended.
  }
}

/** Calls `run` once this process has another parent. */
function whenParentEnds(run: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    run();
  }, compareParentMs);
  timer.unref();
}
