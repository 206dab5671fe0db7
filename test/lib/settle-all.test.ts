import { expect, test } from "vitest";
import { settleAll } from "../../shared/lib/settle-all.ts";

test("every job runs to its end, and the error names each failed job", async () => {
  const ended: string[] = [];
  const jobs = settleAll([
    ["first", () => Promise.reject(new Error("the database is down"))],
    [
      "second",
      () => {
        throw new Error("a variable is malformed");
      },
    ],
    [
      "third",
      async () => {
        await Promise.resolve();
        ended.push("third");
      },
    ],
  ]);
  await expect(jobs).rejects.toThrow(
    "2 of 3 jobs failed. first: the database is down; second: a variable is malformed",
  );
  expect(ended).toEqual(["third"]);
});

test("no error is thrown if all jobs succeed", async () => {
  await expect(settleAll([["only", async () => 1]])).resolves.toBeUndefined();
});
