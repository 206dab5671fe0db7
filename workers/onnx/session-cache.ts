/**
 * Caches the sessions of an isolate within a memory budget. Evicts the least recently used session, but never during a run.
 *
 * Concurrent requests for one key share one opening. Sessions are created one after another, because the first one starts
 * the runtime, which must not start twice.
 */

/** A model that was read and measured, so that a session can be created. */
export interface Openable<Session> {
  readonly costBytes: number;
  create(): Promise<Session>;
}

export interface CacheParts<Session> {
  readonly budgetBytes: number;
  release(session: Session): Promise<void>;
  nowMs(): number;
  wait(ms: number): Promise<unknown>;
}

/** Longer than opening any session takes. Reads of an aborted request may never end, so a later request opens again. */
export const openMaxMs = 20_000;
/** How often a session is opened again if it was evicted before its first run. */
const openTriesMax = 8;

interface Cached<Session> {
  readonly session: Session;
  readonly costBytes: number;
  runs: number;
  /** Called after the last run of a session that is being evicted. */
  idle: (() => void) | null;
}

interface Opening<Session> {
  readonly done: Promise<Cached<Session>>;
  readonly sinceMs: number;
}

export class SessionCache<Session> {
  readonly #parts: CacheParts<Session>;
  /** In order of last use; the most recently used session is last. */
  readonly #cached = new Map<string, Cached<Session>>();
  readonly #openings = new Map<string, Opening<Session>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: CacheParts<Session>) {
    this.#parts = parts;
  }

  /** Memory of all cached sessions. */
  get costBytes(): number {
    let sum = 0;
    for (const { costBytes } of this.#cached.values()) sum += costBytes;
    return sum;
  }

  get keys(): readonly string[] {
    return [...this.#cached.keys()];
  }

  /** Runs a function on the session of a key, and opens the session if needed. Rejects if `read` or `create` reject. */
  async use<Result>(
    key: string,
    read: () => Promise<Openable<Session>>,
    run: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const cached = await this.#acquire(key, read);
    try {
      return await run(cached.session);
    } finally {
      cached.runs--;
      if (cached.runs === 0) cached.idle?.();
    }
  }

  /** Returns a session and counts a run on it. Opens it again if it was evicted between its opening and this call. */
  async #acquire(key: string, read: () => Promise<Openable<Session>>): Promise<Cached<Session>> {
    for (let tries = 0; tries < openTriesMax; tries++) {
      const cached = this.#cached.get(key);
      if (cached !== undefined) {
        this.#cached.delete(key);
        this.#cached.set(key, cached);
        // Counted without an await in between: a session with a run is not released.
        cached.runs++;
        return cached;
      }
      await this.#opened(key, read);
    }
    throw new Error("other models use all of the memory; try again");
  }

  async #opened(key: string, read: () => Promise<Openable<Session>>): Promise<Cached<Session>> {
    const { nowMs, wait } = this.#parts;
    const known = this.#openings.get(key);
    if (known !== undefined && nowMs() - known.sinceMs < openMaxMs) return this.#within(known.done, wait);
    const opening: Opening<Session> = { sinceMs: nowMs(), done: this.#open(key, read) };
    this.#openings.set(key, opening);
    const forget = () => {
      if (this.#openings.get(key) === opening) this.#openings.delete(key);
    };
    opening.done.then(forget, forget);
    return this.#within(opening.done, wait);
  }

  async #within(done: Promise<Cached<Session>>, wait: CacheParts<Session>["wait"]): Promise<Cached<Session>> {
    const cached = await Promise.race([done, wait(openMaxMs).then(() => null)]);
    if (cached === null) throw new Error(`the session did not open within ${openMaxMs / 1000} s`);
    return cached;
  }

  async #open(key: string, read: () => Promise<Openable<Session>>): Promise<Cached<Session>> {
    const { costBytes, create } = await read();
    const made = this.#turn.then(async () => {
      // An earlier opening of the same key may have timed out for its callers and still have finished.
      const before = this.#cached.get(key);
      if (before !== undefined) return before;
      await this.#makeRoom(costBytes);
      const cached: Cached<Session> = { session: await create(), costBytes, runs: 0, idle: null };
      this.#cached.set(key, cached);
      return cached;
    });
    this.#turn = made.catch(() => {});
    return made;
  }

  /** Releases the least recently used sessions until `costBytes` fit, each after its last run. */
  async #makeRoom(costBytes: number): Promise<void> {
    for (const [key, cached] of this.#cached) {
      if (this.costBytes + costBytes <= this.#parts.budgetBytes) return;
      this.#cached.delete(key);
      if (cached.runs > 0) await new Promise<void>((resolve) => (cached.idle = resolve));
      await this.#parts.release(cached.session);
    }
  }
}
