/** Defines a bench, and helpers for its numbers. */
import { cpus } from "node:os";

export interface Result {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Largest allowed value, or null. */
  readonly limit: number | null;
  /** Measured values of other tools for the same work. */
  readonly reference?: string;
}

export interface Bench {
  readonly name: string;
  readonly results: readonly Result[];
}

/** Describes the machine in one line. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, Node ${process.versions.node}`;
}

export function isMet({ value, limit }: Result): boolean {
  return limit === null || value <= limit;
}

/** Returns the median time of `work`, in milliseconds. Single runs are too noisy. */
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
