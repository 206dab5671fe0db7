import type { Problem } from "./feed.ts";
import { problem } from "./problem.ts";

/**
 * Collects the problems of one publication. Lists the first `max` of them and counts the others by reason, so that a
 * small file cannot fill memory and database with its problems: 31 KB made 160,000.
 */
export class ProblemList {
  readonly #max: number;
  readonly #listed: Problem[] = [];
  readonly #more = new Map<string, { count: number; values: number }>();

  constructor(max: number) {
    this.#max = max;
  }

  add(problem: Problem): void {
    if (this.#listed.length < this.#max) {
      this.#listed.push(problem);
      return;
    }
    const more = this.#more.get(problem.reason) ?? { count: 0, values: 0 };
    more.count++;
    more.values += problem.values;
    this.#more.set(problem.reason, more);
  }

  addAll(problems: Iterable<Problem>): void {
    for (const each of problems) this.add(each);
  }

  /** The listed problems, then one per reason that stands for those not listed, with the values that they cost. */
  list(): readonly Problem[] {
    const expected = `at most ${this.#max} problems in one file are listed`;
    const summaries = [...this.#more].map(([reason, { count, values }]) =>
      problem(reason, { found: `${count} more that are not listed`, expected, values }),
    );
    return [...this.#listed, ...summaries];
  }
}
