/** Runs one fuzz target and reports every input that throws, takes too long or makes the heap grow. */
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { chanceOf } from "./inputs.ts";
import { fuzzTargets } from "./targets.ts";

/** The longest processor time that an input of 20 KB may take. */
export const hangMs = 2_000;
/** Growth of the heap that one run may cause. */
export const growthMbMax = 128;
/** A run ends after so many failures. */
const failuresMax = 20;
/** Inputs after which the heap is measured. */
const measureEvery = 500;

export interface FuzzReport {
  readonly name: string;
  readonly count: number;
  readonly seconds: number;
  /** Processor time of the slowest input. Wall time would depend on what else the machine does. */
  readonly slowestMs: number;
  /** Growth of the heap, after garbage collection if `collect` is given. */
  readonly growthMb: number;
  /** Each failure with the seed that reproduces its input. */
  readonly failures: readonly { readonly seed: number; readonly reason: string }[];
}

export interface FuzzOptions {
  /** Called before each input, with its seed. */
  onInput?(seed: number): void;
  /** Collects garbage. */
  collect?(): void;
}

/** Runs `count` inputs. Input i is made from `seed + i`, so that one input can be reproduced alone. */
export async function fuzz(name: string, count: number, seed: number, options: FuzzOptions = {}): Promise<FuzzReport> {
  const { onInput, collect } = options;
  const target = fuzzTargets[name];
  if (!target) throw new Error(withSuggestion(`There is no fuzz target ${name}`, name, Object.keys(fuzzTargets)));
  await target.prepare?.();
  const failures: { seed: number; reason: string }[] = [];
  const heapBytes = () => {
    collect?.();
    return process.memoryUsage().heapUsed;
  };
  const [started, heapBefore] = [performance.now(), heapBytes()];
  let [slowestMs, heapMost] = [0, heapBefore];
  for (let index = 0; index < count && failures.length < failuresMax; index++) {
    onInput?.(seed + index);
    const check = target.make(chanceOf(seed + index));
    const begun = process.threadCpuUsage();
    try {
      await check();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ seed: seed + index, reason });
    }
    const { user, system } = process.threadCpuUsage(begun);
    slowestMs = Math.max(slowestMs, (user + system) / 1_000);
    if (index % measureEvery === measureEvery - 1) heapMost = Math.max(heapMost, heapBytes());
  }
  const growthMb = (heapMost - heapBefore) / 1024 / 1024;
  return { name, count, seconds: (performance.now() - started) / 1000, slowestMs, growthMb, failures };
}

/** True if no input failed and time and memory stayed within their limits. */
export function isClean({ failures, slowestMs, growthMb }: FuzzReport): boolean {
  return failures.length === 0 && slowestMs <= hangMs && growthMb <= growthMbMax;
}
