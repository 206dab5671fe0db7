import { expect, test } from "vitest";
import { reuseJobs, runAhead } from "../../shared/training/reuse-jobs.ts";

/** Returns a pool that doubles numbers and fails for negative ones, with the jobs that it ran. */
function doubling() {
  const ran: number[] = [];
  const run = async ({ number }: { readonly number: number }) => {
    ran.push(number);
    if (number < 0) throw new RangeError(`${number} is negative`);
    return 2 * number;
  };
  return { ran, run };
}

test("an equal job runs once, also while it runs, and another job runs itself", async () => {
  const pool = doubling();
  const reused = reuseJobs(pool);
  runAhead(reused, [{ number: 4 }]);
  expect(await Promise.all([{ number: 4 }, { number: 5 }, { number: 4 }].map(reused.run))).toEqual([8, 10, 8]);
  expect(await reused.run({ number: 5 })).toBe(10);
  expect(pool.ran).toEqual([4, 5]);
});

test("a job that failed ahead fails where its result is needed, and nowhere else", async () => {
  const reused = reuseJobs(doubling());
  runAhead(reused, [{ number: -1 }, { number: 1 }]);
  await new Promise(setImmediate);
  expect(await reused.run({ number: 1 })).toBe(2);
  await expect(reused.run({ number: -1 })).rejects.toThrow("-1 is negative");
});
