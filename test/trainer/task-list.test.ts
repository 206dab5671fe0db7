import { expect, test } from "vitest";
import { type TaskDisplay, taskList } from "../../trainer/task-list.ts";

test("a task whose wait fails fails itself, and the list waits for the other tasks", async () => {
  const ended: string[] = [];
  const failing: readonly (() => Promise<boolean>)[] = [
    () => Promise.reject(new Error("no data")),
    () => {
      throw new Error("no data");
    },
  ];
  for (const ready of failing) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const tasks = [
      { title: "waits", ready, run: async () => void ended.push("waits") },
      {
        title: "other",
        run: async () => {
          await promise;
          ended.push("other");
        },
      },
    ];
    const list = taskList(tasks, { isJson: true, isConcurrent: true, exitOnError: false });
    setTimeout(resolve, 5);
    await list.run();
    expect(list.errors?.map(({ error }) => error.message)).toEqual(["no data"]);
  }
  expect(ended).toEqual(["other", "other"]);
});

test("a task that will never start does not run", async () => {
  let hasRun = false;
  const run = async () => {
    hasRun = true;
  };
  await taskList([{ title: "never", ready: async () => false, run }], { isJson: true }).run();
  expect(hasRun).toBe(false);
});

test("titles and steps of tasks contain no control characters, even if a file or a server sends them", async () => {
  const hostile = "a\u001b]0;title\u0007b\u009b2J";
  let display: TaskDisplay | undefined;
  const run = async (task: TaskDisplay) => {
    display = task;
    task.output = hostile;
    task.title = hostile;
  };
  await taskList([{ title: hostile, run }], { isJson: true }).run();
  expect([display?.title, display?.output]).toEqual([
    "a\ufffd]0;title\ufffdb\ufffd2J",
    "a\ufffd]0;title\ufffdb\ufffd2J",
  ]);
});
