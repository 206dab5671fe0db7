import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { inParallel } from "../../workers/hub/ingest/in-parallel.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test("results are in the order of the items, and at most six items are processed at once", async () => {
  let [atWork, most] = [0, 0];
  const results = await inParallel(numbers(40), async (item) => {
    most = Math.max(most, ++atWork);
    // Later items end sooner.
    for (let wait = item % 7; wait < 7; wait++) await setImmediate();
    atWork--;
    return item * 2;
  });
  expect(results).toEqual(numbers(40).map((item) => item * 2));
  expect(most).toBe(6);
});

test("after a failure no item is started, and the started items have ended", async () => {
  const [begun, done]: [number[], number[]] = [[], []];
  const work = async (item: number) => {
    begun.push(item);
    if (item === 2) throw new Error("no more");
    for (let wait = 0; wait < 5; wait++) await setImmediate();
    done.push(item);
  };
  await expect(inParallel(numbers(40), work)).rejects.toThrow("no more");
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  expect(done).toEqual([0, 1, 3, 4, 5]);
});
