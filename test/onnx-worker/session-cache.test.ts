/** What an isolate of the onnx Worker keeps, whatever comes at the same time. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openMaxMs, SessionCache } from "../../workers/onnx/session-cache.ts";

interface FakeSession {
  readonly key: string;
  isReleased: boolean;
}

const fullText = "other models need all the room there is";

/** Lets everything go on that waits for nothing from outside. */
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

  /** Opens a key where need be, and holds its session until `until`. */
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

/** A promise and what ends it. */
function gate(): { readonly opens: Promise<void>; open(): void } {
  let open = () => {};
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { opens, open: () => open() };
}

test("ten who ask at once share one creation", async () => {
  const world = new World();
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.use("a")));
  expect(answers).toEqual(Array.from({ length: 10 }, () => "a"));
  expect(world.made).toEqual(["a"]);
});

test("sessions of different models are made one after the other", async () => {
  const world = new World();
  await Promise.all(["a", "b", "c"].map((key) => world.use(key, { costBytes: 10 })));
  expect(world.made.sort()).toEqual(["a", "b", "c"]);
  expect(world.makingAtOnceMax).toBe(1);
});

test("beyond the budget, the session that was not used for longest goes first", async () => {
  const world = new World();
  await world.use("a");
  await world.use("b");
  await world.use("a");
  await world.use("c");
  expect([world.released, world.cache.keys, world.cache.costBytes]).toEqual([["b"], ["a", "c"], 80]);
  await world.use("large", { costBytes: 100 });
  expect([world.released, world.cache.keys]).toEqual([["b", "a", "c"], ["large"]]);
});

test("a session in use is released after its last run, and what needs its room waits for that", async () => {
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

test("what failed to open is tried again, and stands in nobody's way", async () => {
  const world = new World();
  const down = settled().then(() => Promise.reject(new Error("R2 is down")));
  const failing = () => world.use("a", { read: down });
  const [one, two, other] = await Promise.allSettled([failing(), failing(), world.use("b")]);
  expect([one.status, two.status, other.status]).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(await world.use("a")).toBe("a");
});

test("a reading that never ends is given up by who waits, and begun again by the next", async () => {
  const world = new World();
  const never = world.use("a", { read: new Promise(() => {}) });
  await settled();
  world.hurry();
  await expect(never).rejects.toThrow("was not there within 20 s");
  world.nowMs = openMaxMs;
  expect(await world.use("a")).toBe("a");
});

test("whatever is asked in whatever order, the budget holds and no run sees a released session", async () => {
  const asked = fc.array(fc.record({ key: fc.constantFrom("a", "b", "c", "d"), pause: fc.nat(3) }), { maxLength: 25 });
  const costs: Readonly<Record<string, number>> = { a: 30, b: 50, c: 70, d: 100 };
  await fc.assert(
    fc.asyncProperty(asked, async (asks) => {
      const world = new World(100);
      const runs: Promise<string>[] = [];
      for (const { key, pause } of asks) {
        const until = pause > 1 ? settled().then(() => {}) : Promise.resolve();
        const told = world.use(key, { costBytes: costs[key] ?? 0, until }).catch((error: Error) => error.message);
        runs.push(told);
        for (let i = 0; i < pause; i++) await settled();
        expect(world.cache.costBytes).toBeLessThanOrEqual(100);
      }
      // Where all want all the room at once, somebody is told so.
      for (const one of await Promise.all(runs)) expect([...Object.keys(costs), fullText]).toContain(one);
      expect(world.made.length - world.released.length).toBe(world.cache.keys.length);
    }),
    { numRuns: 60 },
  );
});
