/** Ctrl-C and SIGTERM of a running platform. */
import { writeSync } from "node:fs";

const showCursor = "\u001b[?25h";

/**
 * Ends this process at Ctrl-C or SIGTERM after everything has stopped; at the second signal immediately. The returned
 * signal is aborted before anything stops.
 */
export function onInterrupt(stop: () => Promise<unknown>): AbortSignal {
  const interruption = new AbortController();
  const end = (code: number) => async () => {
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
  return interruption.signal;
}
