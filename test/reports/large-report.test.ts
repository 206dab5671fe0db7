/** A report of 2,000 series and 12 steps is rendered within the memory of a Worker. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readReportModel } from "../../shared/api/read-report-model.ts";
import { fixedModel } from "../support/report-models.ts";

/** An isolate has 128 MB, also for the bytes that it sends and for the wasm that draws images (24 MB). */
const heapMb = 96;

test("2,000 series with 12 steps are validated and rendered, file by file, in a heap of 96 MB", async () => {
  const script = ["--import", "./test/support/json-modules.ts", "test/support/render-large-report.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${heapMb}`, ...script]);
  const { bytes, sentMb } = JSON.parse(stdout);
  expect(bytes["forecast.csv"]).toBeGreaterThan(5_000_000);
  expect(bytes["report.json"]).toBeGreaterThan(10_000_000);
  // A call between Workers transfers at most 32 MiB.
  expect(sentMb).toBeLessThan(32);
});

test("a model of another process is validated completely: one wrong number of one series is found", () => {
  const model = fixedModel();
  expect(readReportModel(structuredClone(model))).toEqual({ ok: true, value: model });
  const wrong = structuredClone(model);
  Object.assign(wrong.series[2]?.steps[3] ?? {}, { median: "23.5" });
  const read = readReportModel(wrong);
  expect(read.ok ? "" : read.error).toMatch(/^series\[2\]: [\s\S]*median/);
  expect(readReportModel({ ...model, series: null }).ok).toBe(false);
  expect(readReportModel({ ...model, origin: 5 }).ok).toBe(false);
  expect(readReportModel(null).ok).toBe(false);
});
