/**
 * Sessions that an isolate keeps, within a budget of bytes. What was not used for longest gives way, but never under a run.
 *
 * One opening a key at a time, whoever asks for it; sessions are made one after the other, because the runtime starts with
 * the first and must not be started twice.
 */

/** A model that was read and measured, ready to become a session. */
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

/** Longer than any session takes; reads that belong to a request which was broken off may never end. */
export const openMaxMs = 20_000;
/** Of openings whose session others needed the room of at once. */
const findTriesMax = 8;

interface Held<Session> {
  readonly session: Session;
  readonly costBytes: number;
  runs: number;
  /** Tells whoever waits for the last run of a session that has to go. */
  idle: (() => void) | null;
}

interface Opening<Session> {
  readonly done: Promise<Held<Session>>;
  readonly sinceMs: number;
}

export class SessionCache<Session> {
  readonly #parts: CacheParts<Session>;
  /** The one that was used last stands last. */
  readonly #held = new Map<string, Held<Session>>();
  readonly #openings = new Map<string, Opening<Session>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: CacheParts<Session>) {
    this.#parts = parts;
  }

  /** Of all sessions that are kept. */
  get costBytes(): number {
    let sum = 0;
    for (const { costBytes } of this.#held.values()) sum += costBytes;
    return sum;
  }

  get keys(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Runs something on the session of a key, which is opened where there is none. Rejects with what `read` or `create` reject with. */
  async use<Result>(
    key: string,
    read: () => Promise<Openable<Session>>,
    run: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const held = await this.#taken(key, read);
    try {
      return await run(held.session);
    } finally {
      held.runs--;
      if (held.runs === 0) held.idle?.();
    }
  }

  /** A session that counts one run more. Between its opening and the caller's turn others may have needed the room. */
  async #taken(key: string, read: () => Promise<Openable<Session>>): Promise<Held<Session>> {
    for (let tries = 0; tries < findTriesMax; tries++) {
      const held = this.#held.get(key);
      if (held !== undefined) {
        this.#held.delete(key);
        this.#held.set(key, held);
        // Before anyone else's turn: what has a run is not released.
        held.runs++;
        return held;
      }
      await this.#opened(key, read);
    }
    throw new Error("other models need all the room there is");
  }

  async #opened(key: string, read: () => Promise<Openable<Session>>): Promise<Held<Session>> {
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

  async #within(done: Promise<Held<Session>>, wait: CacheParts<Session>["wait"]): Promise<Held<Session>> {
    const held = await Promise.race([done, wait(openMaxMs).then(() => null)]);
    if (held === null) throw new Error(`the session was not there within ${openMaxMs / 1000} s`);
    return held;
  }

  async #open(key: string, read: () => Promise<Openable<Session>>): Promise<Held<Session>> {
    const { costBytes, create } = await read();
    const made = this.#turn.then(async () => {
      // A slower opening of the same key may have been given up and gone on all the same.
      const before = this.#held.get(key);
      if (before !== undefined) return before;
      await this.#makeRoom(costBytes);
      const held: Held<Session> = { session: await create(), costBytes, runs: 0, idle: null };
      this.#held.set(key, held);
      return held;
    });
    this.#turn = made.catch(() => {});
    return made;
  }

  /** Releases the oldest until this much fits, each after its last run. */
  async #makeRoom(costBytes: number): Promise<void> {
    for (const [key, held] of this.#held) {
      if (this.costBytes + costBytes <= this.#parts.budgetBytes) return;
      this.#held.delete(key);
      if (held.runs > 0) await new Promise<void>((resolve) => (held.idle = resolve));
      await this.#parts.release(held.session);
    }
  }
}
