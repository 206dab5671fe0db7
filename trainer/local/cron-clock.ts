/** Fires the cron triggers of the hub at their times: the simulators of Workers do not. */
import { Cron } from "croner";
import { Failure } from "../failure.ts";

export interface CronEffects {
  now(): Date;
  /** Calls `run` after `ms`. Returns a function that cancels the call. */
  after(ms: number, run: () => void): () => void;
  /** Runs the job of a trigger with its scheduled time. */
  fire(cron: string, at: Date): Promise<void>;
  /** Called if a job fails. The trigger fires again at its next time. */
  onFailure(reason: string): void;
}

/** A timer counts while the machine sleeps on some systems only, so the clock is read at least so often. */
const readClockMs = 60_000;

/**
 * Fires each trigger at its times in UTC, until the returned function is called. A trigger whose job still runs does not fire, and
 * times that passed meanwhile, or while the machine slept, are fired once. After the clock was set back, the next time is that of
 * the new clock. No failure is reported after the end.
 * @param crons expressions of five fields, as in wrangler.toml
 */
export function startCronClock(crons: readonly string[], fx: CronEffects): () => void {
  let isStopped = false;
  const cancels = crons.map((expression) => {
    const cron = new Cron(expression, { timezone: "UTC" });
    let cancel = () => {};
    const wait = (next: Date) => {
      const leftMs = next.getTime() - fx.now().getTime();
      cancel = fx.after(Math.max(0, Math.min(leftMs, readClockMs)), () => {
        const now = fx.now();
        if (now >= next) void run(next);
        else wait(cron.nextRun(now) ?? next);
      });
    };
    const run = async (due: Date) => {
      try {
        await fx.fire(expression, due);
      } catch (error) {
        if (!isStopped) fx.onFailure(error instanceof Failure ? error.message : String(error));
      }
      if (!isStopped) waitForNext();
    };
    const waitForNext = () => {
      const next = cron.nextRun(fx.now());
      if (next !== null) wait(next);
    };
    waitForNext();
    return () => cancel();
  });
  return () => {
    isStopped = true;
    for (const cancel of cancels) cancel();
  };
}
