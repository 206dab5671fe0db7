/** The order of the tasks of `almanac start`: a forecast is trained as soon as its data is stored, beside the ingests of other feeds. */

/** What tasks wait for, by name. After a failure no further task starts. */
export class Milestones {
  readonly #awaited = new Map<string, PromiseWithResolvers<void>>();
  #hasFailed = false;

  reach(name: string): void {
    this.#of(name).resolve();
  }

  /** Ends every wait, also later ones. */
  fail(): void {
    this.#hasFailed = true;
    for (const { resolve } of this.#awaited.values()) resolve();
  }

  /** Waits until all are reached. Returns false after a failure. */
  async wait(names: readonly string[]): Promise<boolean> {
    if (!this.#hasFailed) await Promise.all(names.map((name) => this.#of(name).promise));
    return !this.#hasFailed;
  }

  #of(name: string): PromiseWithResolvers<void> {
    const known = this.#awaited.get(name);
    if (known) return known;
    const made = Promise.withResolvers<void>();
    this.#awaited.set(name, made);
    return made;
  }
}

interface Waiting {
  readonly size: number;
  begin(): void;
}

/** The turn of a training. It reads from the hub first, then computes. */
export interface Turn {
  /** States that the training has read its data. */
  hasRead(): void;
  end(): void;
}

/**
 * Gives a turn to one training at a time: of those that wait, to the largest. Its report takes longest, and is published beside the
 * next training. The hub is one thread, so other work for it waits while a training reads its data.
 */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #isTaken = false;
  #reading = Promise.withResolvers<void>();

  constructor() {
    this.#reading.resolve();
  }

  /** Waits for a turn. */
  async take(size: number): Promise<Turn> {
    if (this.#isTaken) await new Promise<void>((begin) => this.#waiting.push({ size, begin }));
    else this.#begin();
    const { resolve: hasRead } = this.#reading;
    return {
      hasRead,
      end: () => {
        hasRead();
        this.#end();
      },
    };
  }

  /** Waits until no training reads. */
  async whenRead(): Promise<void> {
    while (true) {
      const { promise } = this.#reading;
      await promise;
      if (promise === this.#reading.promise) return;
    }
  }

  #begin(): void {
    this.#isTaken = true;
    this.#reading = Promise.withResolvers<void>();
  }

  #end(): void {
    this.#isTaken = false;
    const [next] = this.#waiting.toSorted((a, b) => b.size - a.size);
    if (next === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#begin();
    next.begin();
  }
}
