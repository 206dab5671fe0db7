/** The session cache of the onnx Worker under concurrent requests. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openMaxMs, SessionCache } from "../../workers/onnx/session-cache.ts";

interface FakeSession {
  readonly key: string;
  isReleased: boolean;
}

const fullText = "other models use all of the memory; try again";

/** Lets all pending promises settle that do not wait for outside events. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

class World {
  readonly made: string[] = [];
  readonly released: string[] = [];
  makingAtOnce = 0;
  makingAtOnceMax = 0;
  nowMs = 0;
  /** Ends every wait. */
  hurry: () => void = () => {};
  readonly cache: SessionCache<FakeSession>;

  constructor(budgetBytes = 100) {
    this.cache = new SessionCache<FakeSession>({
      budgetBytes,
      release: async (session) => {
        session.isReleased = true;
        this.released.push(session.key);
      },
      nowMs: () => this.nowMs,
      wait: () => new Promise<void>((resolve) => (this.hurry = resolve)),
    });
  }

  /** Uses the session of a key, opens it if needed, and runs until `until`. */
  use(key: string, { costBytes = 40, until = Promise.resolve(), read = Promise.resolve() } = {}): Promise<string> {
    return this.cache.use(
      key,
      async () => {
        await read;
        return { costBytes, create: () => this.#create(key) };
      },
      async (session) => {
        if (session.isReleased) throw new Error(`${key} was released before its run`);
        await until;
        if (session.isReleased) throw new Error(`${key} was released under its run`);
        return session.key;
      },
    );
  }

  async #create(key: string): Promise<FakeSession> {
    this.makingAtOnceMax = Math.max(this.makingAtOnceMax, ++this.makingAtOnce);
    await settled();
    this.makingAtOnce--;
    this.made.push(key);
    return { key, isReleased: false };
  }
}

/** A promise and the function that resolves it. */
function gate(): { readonly opens: Promise<void>; open(): void } {
  let open = () => {};
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { opens, open: () => open() };
}

test("ten concurrent requests share one creation", async () => {
  const world = new World();
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.use("a")));
  expect(answers).toEqual(Array.from({ length: 10 }, () => "a"));
  expect(world.made).toEqual(["a"]);
});

test("sessions of different models are created one after another", async () => {
  const world = new World();
  await Promise.all(["a", "b", "c"].map((key) => world.use(key, { costBytes: 10 })));
  expect(world.made.sort()).toEqual(["a", "b", "c"]);
  expect(world.makingAtOnceMax).toBe(1);
});

test("above the budget, the least recently used session is evicted first", async () => {
  const world = new World();
  await world.use("a");
  await world.use("b");
  await world.use("a");
  await world.use("c");
  expect([world.released, world.cache.keys, world.cache.costBytes]).toEqual([["b"], ["a", "c"], 80]);
  await world.use("large", { costBytes: 100 });
  expect([world.released, world.cache.keys]).toEqual([["b", "a", "c"], ["large"]]);
});

test("a session in use is released after its last run, and a new session waits for that", async () => {
  const world = new World();
  const [first, second] = [gate(), gate()];
  const runs = [world.use("a", { costBytes: 80, until: first.opens }), world.use("a", { until: second.opens })];
  await settled();
  await settled();
  const other = world.use("b", { costBytes: 80 });
  await settled();
  first.open();
  await settled();
  expect([world.made, world.released]).toEqual([["a"], []]);
  second.open();
  expect(await Promise.all([...runs, other])).toEqual(["a", "a", "b"]);
  expect([world.made, world.released]).toEqual([["a", "b"], ["a"]]);
});

test("a session that failed to open is opened again by the next request and does not block others", async () => {
  const world = new World();
  const down = settled().then(() => Promise.reject(new Error("R2 is down")));
  const failing = () => world.use("a", { read: down });
  const [one, two, other] = await Promise.allSettled([failing(), failing(), world.use("b")]);
  expect([one.status, two.status, other.status]).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(await world.use("a")).toBe("a");
});

test("a read that never ends times out, and the next request reads again", async () => {
  const world = new World();
  const never = world.use("a", { read: new Promise(() => {}) });
  await settled();
  world.hurry();
  await expect(never).rejects.toThrow("did not open within 20 s");
  world.nowMs = openMaxMs;
  expect(await world.use("a")).toBe("a");
});

test("for any order of requests, the budget is respected and no run uses a released session", async () => {
  const anyRequests = fc.array(fc.record({ key: fc.constantFrom("a", "b", "c", "d"), pause: fc.nat(3) }), {
    maxLength: 25,
  });
  const costs: Readonly<Record<string, number>> = { a: 30, b: 50, c: 70, d: 100 };
  await fc.assert(
    fc.asyncProperty(anyRequests, async (requests) => {
      const world = new World(100);
      const runs: Promise<string>[] = [];
      for (const { key, pause } of requests) {
        const until = pause > 1 ? settled().then(() => {}) : Promise.resolve();
        const run = world.use(key, { costBytes: costs[key] ?? 0, until }).catch((error: Error) => error.message);
        runs.push(run);
        for (let i = 0; i < pause; i++) await settled();
        expect(world.cache.costBytes).toBeLessThanOrEqual(100);
      }
      // If all requests need all of the memory at once, one of them may fail.
      for (const one of await Promise.all(runs)) expect([...Object.keys(costs), fullText]).toContain(one);
      expect(world.made.length - world.released.length).toBe(world.cache.keys.length);
    }),
    { numRuns: 60 },
  );
});
