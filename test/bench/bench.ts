/** What a bench is, and how its numbers are shown. */
import { cpus } from "node:os";

export interface Result {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The value must not be above it; null where there is nothing to meet. */
  readonly limit: number | null;
  /** What others were measured to take for the same. */
  readonly reference?: string;
}

export interface Bench {
  readonly name: string;
  readonly results: readonly Result[];
}

/** The machine that measured, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, Node ${process.versions.node}`;
}

export function isMet({ value, limit }: Result): boolean {
  return limit === null || value <= limit;
}

/** Median of the times that `work` takes, in milliseconds. Machines are noisy: never trust one run. */
export async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let run = 0; run < times; run++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return medianOf(taken);
}

export function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
