import type { Problem } from "./feed.ts";
import { problem } from "./problem.ts";

/**
 * Collects the problems of one publication. Lists the first `max` of them and counts the others by reason. Without this
 * limit a small file can fill memory and database: a file of 31 KB had 160,000 problems.
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

  /** Returns the listed problems, then one summary per reason for the others, with the number of values that they lost. */
  list(): readonly Problem[] {
    const expected = `at most ${this.#max} problems; the others of a file are only counted`;
    const summaries = [...this.#more].map(([reason, { count, values }]) =>
      problem(reason, { found: `${count} more that are not listed`, expected, values }),
    );
    return [...this.#listed, ...summaries];
  }
}
