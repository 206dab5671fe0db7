/** Bodies of 4 MB that are cheap to send are refused before they need much memory. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
/** Memory that one body may need: its bytes, its text, and copies of both. Parsing 4 MB of brackets would need 180 MB. */
const grownMaxMb = 40;

test("predict and hub refuse expensive bodies of 4 MB, JSON and CSV, in a heap of 128 MB", async () => {
  const args = [
    "--max-old-space-size=128",
    "--import",
    "./test/support/json-modules.ts",
    "test/support/answer-worst-bodies.ts",
  ];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1e7 });
  const answers: { path: string; body: string; status: number; grownMb: number }[] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers).toHaveLength(89);
  const wrong = answers.filter(({ status, grownMb }) => ![400, 413, 422].includes(status) || grownMb > grownMaxMb);
  expect(wrong).toEqual([]);
}, 60_000);
