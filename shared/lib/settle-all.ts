import { reasonOf } from "./error-reason.ts";

/** A name for messages, and the function to run. */
export type NamedJob = readonly [name: string, run: () => Promise<unknown>];

/** Runs independent jobs and waits for all of them. Then throws an error with all reasons if any job failed. */
export async function settleAll(jobs: readonly NamedJob[]): Promise<void> {
  const results = await Promise.allSettled(jobs.map(async ([, run]) => run()));
  const reasons = results.flatMap((result, at) =>
    result.status === "rejected" ? [`${jobs[at]?.[0]}: ${reasonOf(result.reason)}`] : [],
  );
  if (reasons.length > 0) throw new Error(`${reasons.length} of ${jobs.length} jobs failed. ${reasons.join("; ")}`);
}
