import { expect, test } from "vitest";
import { type TaskDisplay, taskList } from "../../trainer/task-list.ts";

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
