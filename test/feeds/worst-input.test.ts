/** The worst file that each feed accepts is parsed within the memory and the time of a Worker. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findFeed } from "../../shared/feeds/index.ts";
import { isMatrix } from "../support/is-matrix.ts";
import { worstInputs } from "../support/worst-inputs.ts";

const run = promisify(execFile);
/** An isolate has 128 MB; a process that needs more ends with an error. */
const heap = "--max-old-space-size=128";
/** A parser that is not linear takes minutes for these files. */
const timeoutMs = 50_000;

/** In the short form the first file of each feed, which has as many values as its limits allow. */
const chosen = worstInputs
  .map((input, index) => [input.feed, input.file, index] as const)
  .filter(([feed], index) => isMatrix || worstInputs.findIndex((one) => one.feed === feed) === index);

test.each(chosen)(
  "%s reads %s in a heap of 128 MB",
  async (_feed, _file, index) => {
    const input = worstInputs[index];
    const folder = mkdtempSync(join(tmpdir(), "almanac-worst-"));
    try {
      const bytes = input?.make() ?? new Uint8Array();
      expect(bytes.length).toBeLessThanOrEqual(findFeed(input?.feed ?? "")?.limits.bytesMax ?? 0);
      writeFileSync(join(folder, "input"), bytes);
      const args = [heap, "test/support/parse-worst-input.ts", String(index), join(folder, "input")];
      const { stdout } = await run(process.execPath, args, { timeout: timeoutMs });
      const { observations, problems, reasons } = JSON.parse(stdout);
      if (input?.refusal) expect(reasons).toEqual([input.refusal]);
      else
        expect(
          reasons.filter((reason: string) =>
            /^(too-(large|complex)|too-many-(cells|lines|columns|blocks))$|^not-/.test(reason),
          ),
        ).toEqual([]);
      expect(observations + problems).toBeGreaterThan(0);
      const listedMax = (findFeed(input?.feed ?? "")?.limits.problemsMax ?? 0) + 20;
      expect(problems).toBeLessThanOrEqual(listedMax);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  timeoutMs + 10_000,
);
