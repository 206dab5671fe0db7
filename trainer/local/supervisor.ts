/**
 * Runs one command as the leader of a process group. Ends the whole group on a signal, when the command has ended, or when
 * the parent has ended. workerd survives a killed parent; this process prevents that.
 *
 *     node supervisor.ts <log file> <command> <argument>…
 */
import { type Serializable, spawn } from "node:child_process";
import { openSync } from "node:fs";

const graceMs = 4_000;
const [logFile = "/dev/null", command = "", ...args] = process.argv.slice(2);
// Other users must not read the state folder, and the log may contain what callers sent.
process.umask(0o077);
const log = openSync(logFile, "a");
const child = spawn(command, args, { detached: true, stdio: ["ignore", log, log, "ipc"] });

child.on("message", (message) => process.send?.(message));
process.on("message", (message) => child.connected && child.send(message as Serializable));
child.on("error", () => process.exit(1));
child.on("exit", (code) => {
  // A killed command leaves its child processes running.
  signalGroup("SIGKILL");
  process.exit(code ?? 1);
});
process.on("disconnect", end);
process.on("SIGTERM", end);
process.on("SIGINT", end);

let isEnding = false;
function end(): void {
  if (isEnding) return;
  isEnding = true;
  signalGroup("SIGTERM");
  setTimeout(() => signalGroup("SIGKILL"), graceMs).unref();
}

function signalGroup(signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
  }
}
