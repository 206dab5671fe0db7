/** Runs one fuzz target and reports every input that throws, takes too long or makes the heap grow. */
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { chanceOf } from "./inputs.ts";
import { fuzzTargets } from "./targets.ts";

/** The longest time that an input of 20 KB may take. */
export const hangMs = 2_000;
const growthMbMax = 128;

export interface FuzzReport {
  readonly name: string;
  readonly count: number;
  readonly seconds: number;
  readonly slowestMs: number;
  readonly growthMb: number;
  /** Each failure with the seed that reproduces its input. */
  readonly failures: readonly { readonly seed: number; readonly reason: string }[];
}

/** Runs `count` inputs. Input i is made from `seed + i`, so that one input can be reproduced alone. */
export async function fuzz(name: string, count: number, seed: number): Promise<FuzzReport> {
  const target = fuzzTargets[name];
  if (!target) throw new Error(withSuggestion(`There is no fuzz target ${name}`, name, Object.keys(fuzzTargets)));
  const failures: { seed: number; reason: string }[] = [];
  const [started, heapBefore] = [performance.now(), process.memoryUsage().heapUsed];
  let [slowestMs, heapMost] = [0, heapBefore];
  for (let index = 0; index < count && failures.length < 20; index++) {
    const bytes = target.make(chanceOf(seed + index));
    const begun = performance.now();
    try {
      await target.check(bytes);
    } catch (error) {
      failures.push({
        seed: seed + index,
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    if (index % 100 === 0) heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
  }
  const growthMb = (heapMost - heapBefore) / 1024 / 1024;
  return { name, count, seconds: (performance.now() - started) / 1000, slowestMs, growthMb, failures };
}

/** True if no input failed and time and memory stayed within their limits. */
export function isClean({ failures, slowestMs, growthMb }: FuzzReport): boolean {
  return failures.length === 0 && slowestMs <= hangMs && growthMb <= growthMbMax;
}
