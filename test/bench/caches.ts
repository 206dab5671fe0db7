/** Measures what each cache and shortcut of predict saves per request, in Node, where a clock can measure microseconds. */
import { type Bench, medianOf, type Result } from "./bench.ts";
import { learnedModel } from "./support/learned-model.ts";
import { predictCaches, type Work } from "./support/predict-caches.ts";

const rounds = 9;
/** Time of one round. The number of runs in it follows from a first run. */
const roundMs = 40;

export async function run(): Promise<Bench> {
  const results: Result[] = [];
  for (const { what, cached, uncached } of await predictCaches(await learnedModel())) {
    const [fast, slow] = await mediansUs([cached, uncached]);
    for (const [name, value] of Object.entries({ with: fast, without: slow, saved: slow - fast })) {
      results.push({ what: `${what}: ${name}`, value, unit: "µs", limit: null });
    }
  }
  return { name: "caches", results };
}

/** Measures two works alternately, so that other load of the machine slows both. Returns the median time of each. */
async function mediansUs(works: readonly [Work, Work]): Promise<[number, number]> {
  const [a, b] = [await measured(works[0]), await measured(works[1])];
  for (let round = 0; round < rounds; round++) for (const one of [a, b]) await one.round();
  return [medianOf(a.taken), medianOf(b.taken)];
}

interface Measured {
  /** Time of one run in each round, in microseconds. */
  readonly taken: readonly number[];
  round(): Promise<void>;
}

async function measured(work: Work): Promise<Measured> {
  const first = await elapsedMs(work, 1);
  const runs = Math.max(10, Math.min(100_000, Math.round(roundMs / Math.max(first, 1e-4))));
  // The engine compiles the work in these runs.
  await elapsedMs(work, runs);
  const taken: number[] = [];
  return {
    taken,
    async round() {
      taken.push(((await elapsedMs(work, runs)) * 1_000) / runs);
    },
  };
}

async function elapsedMs(work: Work, runs: number): Promise<number> {
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  return performance.now() - started;
}
