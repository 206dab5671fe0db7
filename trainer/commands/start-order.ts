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

/**
 * Gives a turn to one at a time: of those that wait, to the largest. The work that follows a turn, beside the next turns, is longest
 * for the largest, so it is not at the end.
 */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #isTaken = false;

  /** Waits for a turn. Returns the function that ends it. */
  async take(size: number): Promise<() => void> {
    if (this.#isTaken) await new Promise<void>((begin) => this.#waiting.push({ size, begin }));
    this.#isTaken = true;
    return () => this.#end();
  }

  #end(): void {
    const [next] = this.#waiting.toSorted((a, b) => b.size - a.size);
    if (next === undefined) {
      this.#isTaken = false;
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.begin();
  }
}
