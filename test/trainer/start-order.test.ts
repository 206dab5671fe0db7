/** The order of the tasks of a start. */
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { Milestones, Turns } from "../../trainer/commands/start-order.ts";
import { type Task, taskList } from "../../trainer/task-list.ts";

test("a task that waits for milestones starts when the last of them is reached, in any order", async () => {
  const milestones = new Milestones();
  let started: boolean | null = null;
  const waiting = milestones.wait(["prices", "rain"]).then((isReady) => {
    started = isReady;
  });
  milestones.reach("rain");
  await setImmediate();
  expect(started).toBe(null);
  milestones.reach("prices");
  await waiting;
  expect(started).toBe(true);
  expect(await milestones.wait(["prices", "rain"])).toBe(true);
});

test("after a failure no waiting task starts, and no later one, even if its milestones were reached", async () => {
  const milestones = new Milestones();
  milestones.reach("prices");
  const waiting = milestones.wait(["prices", "rain"]);
  milestones.fail();
  expect(await waiting).toBe(false);
  expect(await milestones.wait(["prices"])).toBe(false);
});

test("one task at a time has the turn, and the largest that waits is next", async () => {
  const turns = new Turns();
  const order: string[] = [];
  let running = 0;
  const work = async (name: string, size: number) => {
    const turn = await turns.take(size);
    expect(++running).toBe(1);
    order.push(name);
    await setImmediate();
    running--;
    turn.end();
  };
  await Promise.all([work("first", 1), work("small", 2), work("large", 9), work("medium", 5)]);
  expect(order).toEqual(["first", "large", "medium", "small"]);
  // All turns have ended, so the next one is free.
  await work("later", 0);
  expect(order.at(-1)).toBe("later");
});

test("work for the hub waits while a training reads, not while it computes, and also for the next one's reading", async () => {
  const turns = new Turns();
  await turns.whenRead();
  const first = await turns.take(1);
  const next = turns.take(1);
  let isDone = false;
  const waiting = turns.whenRead().then(() => {
    isDone = true;
  });
  await setImmediate();
  expect(isDone).toBe(false);
  // The next training begins at once, so the work waits on.
  first.end();
  const second = await next;
  await setImmediate();
  expect(isDone).toBe(false);
  second.hasRead();
  await waiting;
  await turns.whenRead();
  second.end();
  await turns.whenRead();
});

test("concurrent tasks start when they are ready, one that never is does not run, and a failed one stops no other", async () => {
  const events: string[] = [];
  const stored = Promise.withResolvers<boolean>();
  const task = (title: string, run: () => void, ready: () => Promise<boolean>): Task => ({
    title,
    ready,
    run: async () => {
      events.push(title);
      run();
    },
  });
  const tasks = [
    task(
      "train",
      () => {},
      () => stored.promise,
    ),
    task(
      "fetch",
      () => stored.resolve(true),
      async () => true,
    ),
    task(
      "never",
      () => {},
      async () => false,
    ),
    task(
      "fails",
      () => {
        throw new Error("broken");
      },
      async () => true,
    ),
  ];
  await taskList(tasks, { isJson: true, isConcurrent: true, exitOnError: false }).run();
  expect(events).toEqual(["fetch", "fails", "train"]);
});
