/** The order of test files in `npm test`. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest files. They begin first: a long file that begins last leaves the other workers without work. */
const longest = [
  "e2e/model.e2e",
  "e2e/own-forecast.e2e",
  "e2e/start.e2e",
  "e2e/serving.e2e",
  "trainer/backtest",
  "hub/who-serves.workerd",
  "hub/withdraw.workerd",
  "hub/predictions.workerd",
  "hub/ingest.workerd",
  "hub/report.workerd",
  "feeds/worst-input",
];

function rankOf({ moduleId }: TestSpecification): number {
  const at = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return at < 0 ? longest.length : at;
}

/** Sorts the longest files first and the others as vitest does: by project, then by their last duration or their size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}
