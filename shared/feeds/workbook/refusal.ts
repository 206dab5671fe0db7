import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";

/** Stops the reading of a workbook with one problem. `openWorkbook` catches it and returns the problem. */
export class WorkbookRefusal extends Error {
  readonly problem: Problem;
  constructor(reason: string, found: string, expected: string) {
    super(reason);
    this.problem = problem(reason, { found, expected });
  }
}
