import { expect, test } from "vitest";
import { Failure } from "../../../trainer/failure.ts";
import { type CronEffects, startCronClock } from "../../../trainer/local/cron-clock.ts";

/** A clock that only `passTo` moves. Timers run in the order of their times. */
class FakeClock {
  #now: number;
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  readonly fired: string[] = [];
  readonly failures: string[] = [];
  /** Jobs do not end while it is set. */
  blocked: Promise<void> | undefined;
  error: Error | undefined;

  constructor(time: string) {
    this.#now = Date.parse(time);
  }

  get timers(): number {
    return this.#timers.length;
  }

  readonly fx: CronEffects = {
    now: () => new Date(this.#now),
    after: (ms, run) => {
      const timer = { at: this.#now + ms, run };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
      };
    },
    fire: async (cron, at) => {
      this.fired.push(`${at.toISOString().slice(5, 16)} ${cron}`);
      await this.blocked;
      if (this.error) throw this.error;
    },
    onFailure: (reason) => this.failures.push(reason),
  };

  async passTo(time: string): Promise<void> {
    const until = Date.parse(time);
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settled();
    }
    this.#now = until;
  }

  /** Sets the clock; timers run after the same duration as before. */
  setTo(time: string): void {
    const change = Date.parse(time) - this.#now;
    this.#now += change;
    this.#timers = this.#timers.map(({ at, run }) => ({ at: at + change, run }));
  }

  /** Moves the time without running timers, as a machine that sleeps does. */
  sleepTo(time: string): void {
    this.#now = Date.parse(time);
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const crons = ["30 23 * * *", "7 * * * *", "*/15 * * * *"];

test("each trigger fires at its times in UTC, with the scheduled time, also on the next day", async () => {
  const clock = new FakeClock("2026-11-30T23:01:30Z");
  startCronClock(crons, clock.fx);
  await clock.passTo("2026-12-01T00:10:00Z");
  // Triggers of the same minute fire in any order.
  expect(clock.fired.sort()).toEqual([
    "11-30T23:07 7 * * * *",
    "11-30T23:15 */15 * * * *",
    "11-30T23:30 */15 * * * *",
    "11-30T23:30 30 23 * * *",
    "11-30T23:45 */15 * * * *",
    "12-01T00:00 */15 * * * *",
    "12-01T00:07 7 * * * *",
  ]);
});

test("a stopped clock has no timers, fires nothing, and reports no failure of a job that it interrupted", async () => {
  const clock = new FakeClock("2026-11-30T12:00:00Z");
  let fail = () => {};
  clock.blocked = new Promise((_, reject) => {
    fail = () => reject(new Failure("The Workers ended."));
  });
  const stop = startCronClock(crons, clock.fx);
  await clock.passTo("2026-11-30T12:08:00Z");
  stop();
  fail();
  await settled();
  await clock.passTo("2026-12-02T00:00:00Z");
  expect(clock).toMatchObject({ fired: ["11-30T12:07 7 * * * *"], failures: [], timers: 0 });
});

test("a failed job is reported, and its trigger fires again at the next time", async () => {
  const clock = new FakeClock("2026-11-30T12:01:00Z");
  startCronClock(["*/15 * * * *"], clock.fx);
  clock.error = new Failure("The job failed.");
  await clock.passTo("2026-11-30T12:20:00Z");
  clock.error = undefined;
  await clock.passTo("2026-11-30T12:40:00Z");
  expect(clock.failures).toEqual(["The job failed."]);
  expect(clock.fired).toEqual(["11-30T12:15 */15 * * * *", "11-30T12:30 */15 * * * *"]);
});

test("after the clock was set back, the next time is that of the new clock", async () => {
  const clock = new FakeClock("2036-11-30T12:01:00Z");
  startCronClock(["*/15 * * * *"], clock.fx);
  clock.setTo("2026-11-30T12:01:00Z");
  await clock.passTo("2026-11-30T12:20:00Z");
  expect(clock.fired).toEqual(["11-30T12:15 */15 * * * *"]);
});

test("times that pass during a long job or while the machine sleeps are fired once", async () => {
  const clock = new FakeClock("2026-11-30T12:01:00Z");
  startCronClock(["*/15 * * * *"], clock.fx);
  let end = () => {};
  clock.blocked = new Promise((resolve) => {
    end = resolve;
  });
  await clock.passTo("2026-11-30T12:50:00Z");
  expect(clock.fired).toEqual(["11-30T12:15 */15 * * * *"]);
  clock.blocked = undefined;
  end();
  await settled();
  clock.sleepTo("2026-12-01T09:03:00Z");
  await clock.passTo("2026-12-01T09:20:00Z");
  expect(clock.fired.slice(1)).toEqual(["11-30T13:00 */15 * * * *", "12-01T09:15 */15 * * * *"]);
});
