/** Finds how much heap a script needs, by running it in processes whose heap is limited. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const [leastMb, mostMb] = [16, 256] as const;

/**
 * Returns the smallest limit in MB with which a script ends without an error, to within `precisionMb`. Samples of a busy thread
 * miss the peak of one long call; a limit does not. Pointers of Node need twice as much memory as those of workerd.
 * @throws if the script fails with any heap
 */
export async function smallestHeapMb(script: string, precisionMb: number): Promise<number> {
  let [tooSmall, enough] = [leastMb as number, mostMb as number];
  if (!(await runs(script, enough))) throw new Error(`${script} fails with a heap of ${enough} MB`);
  while (enough - tooSmall > precisionMb) {
    const middle = Math.round((tooSmall + enough) / 2);
    if (await runs(script, middle)) enough = middle;
    else tooSmall = middle;
  }
  return enough;
}

async function runs(script: string, limitMb: number): Promise<boolean> {
  const args = [`--max-old-space-size=${limitMb}`, "--import", "./test/support/json-modules.ts", script];
  return promisify(execFile)(process.execPath, args).then(
    () => true,
    () => false,
  );
}
