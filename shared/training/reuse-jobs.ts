/** A pool that runs equal jobs once. */

interface JobPool<Job, Result> {
  run(job: Job): Promise<Result>;
}

/**
 * Returns a pool that returns the result of an equal earlier job. A job that will probably be needed can so run ahead, while the threads have
 * nothing else to do. Results stay in memory as long as the pool.
 */
export function reuseJobs<Job, Result>(pool: JobPool<Job, Result>): JobPool<Job, Result> {
  const results = new Map<string, Promise<Result>>();
  return {
    run: (job) => {
      const key = JSON.stringify(job);
      const result = results.get(key) ?? pool.run(job);
      results.set(key, result);
      return result;
    },
  };
}

/** Runs jobs ahead. A failure is reported where the result is needed. */
export function runAhead<Job, Result>(pool: JobPool<Job, Result>, jobs: readonly Job[]): void {
  Promise.all(jobs.map((job) => pool.run(job))).catch(() => undefined);
}
