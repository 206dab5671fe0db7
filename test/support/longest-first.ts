/** The order of test files in `npm test`. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The longest files. They begin first: a long file that begins last leaves the other workers without work. Those in workerd are
 * the last, because the other files in workerd follow.
 */
export const longest = [
  "e2e/model.e2e",
  "e2e/own-forecast.e2e",
  "e2e/start.e2e",
  "e2e/serving.e2e",
  "trainer/backtest",
  "feeds/worst-input",
  "hub/who-serves.workerd",
  "hub/withdraw.workerd",
  "hub/predictions.workerd",
  "hub/ingest.workerd",
  "hub/report.workerd",
];

function rankOf({ moduleId, project }: TestSpecification): number {
  const at = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  if (at >= 0) return at;
  // A worker ends its runtime before a file of another project, so the files in workerd follow each other.
  return project.name === "workerd" ? longest.length : longest.length + 1;
}

/**
 * Sorts the longest files first, then the others in the hub's runtime, and the rest as vitest does: by project, then by their last
 * duration or their size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}
