/** Ctrl-C and SIGTERM of a running platform, also SIGTERM of the npm that started it. */
import { writeSync } from "node:fs";

const showCursor = "\u001b[?25h";
/** How often the parent is compared: a process gets no signal when its parent ends. */
const compareParentMs = 250;

/**
 * Ends this process at Ctrl-C or SIGTERM after everything has stopped; at the second signal immediately. The returned
 * signal is aborted before anything stops. npm sends SIGTERM only to the shell of its script, and the shell ends without
 * sending it on, so for a script of npm the end of the shell counts as SIGTERM.
 */
export function onInterrupt(stop: () => Promise<unknown>): AbortSignal {
  const interruption = new AbortController();
  const end = (code: number) => async (): Promise<void> => {
    if (interruption.signal.aborted) process.exit(code);
    interruption.abort();
    await stop();
    // The task list hides the cursor while it draws and captures writes to `process.stdout`.
    if (process.stdout.isTTY) writeSync(process.stdout.fd, `${showCursor}\n`);
    process.exit(code);
  };
  // Not `once`: without a listener, the task list's signal-exit kills the process before anything has stopped.
  process.on("SIGINT", end(130));
  process.on("SIGTERM", end(143));
  if (process.env["npm_lifecycle_event"] !== undefined) {
    // The shell of Ctrl-C also ends. That is no second signal.
    whenParentEnds(() => interruption.signal.aborted || void end(143)());
  }
  return interruption.signal;
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
