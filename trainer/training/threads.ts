/** Threads that run jobs. Each thread has its own copy of the data. The result of a job does not depend on the thread. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly group: string | null;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface Threads<Job, Result> {
  run(job: Job): Promise<Result>;
  /** Copies data to every thread. All later jobs can use it. */
  share(data: unknown): void;
  stop(): Promise<void>;
}

export interface ThreadOptions<Job> {
  /** The module that a thread runs. It answers each job with a message, its result, and does not answer shared data. */
  readonly module: URL;
  readonly workerData: unknown;
  /** Null: one per core, at most 8. */
  readonly count: number | null;
  /**
   * Returns the group of a job, or null. Jobs of one group compute the same parts, which a thread caches. So a free thread prefers
   * jobs of its own groups, then of groups without a thread, and takes any other job before it would wait.
   */
  groupOf?(job: Job): string | null;
}

/** Each thread needs memory for a copy of the data, and more than 8 threads gain little. */
const usualMax = 8;

/** Starts threads. An error in a thread rejects all jobs. */
export function startThreads<Job, Result>({
  module,
  workerData,
  count,
  groupOf,
}: ThreadOptions<Job>): Threads<Job, Result> {
  const waiting: Waiting<Job, Result>[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting<Job, Result>>();
  const owners = new Map<string, Worker>();
  let failure: unknown = null;
  const ownerOf = ({ group }: Waiting<Job, Result>) => (group === null ? undefined : owners.get(group));
  /** Removes and returns the job that a thread runs next. */
  const takeFor = (worker: Worker): Waiting<Job, Result> | undefined => {
    const own = waiting.findIndex((work) => ownerOf(work) === worker);
    const free = own >= 0 ? own : waiting.findIndex((work) => ownerOf(work) === undefined);
    const [work] = waiting.splice(Math.max(0, free), 1);
    if (work !== undefined && work.group !== null && !owners.has(work.group)) owners.set(work.group, worker);
    return work;
  };
  const next = () => {
    for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) {
      const work = takeFor(worker);
      if (work === undefined) {
        idle.push(worker);
        return;
      }
      busy.set(worker, work);
      worker.postMessage(work.job);
    }
  };
  const fail = (error: unknown) => {
    failure = error;
    for (const work of [...busy.values(), ...waiting.splice(0)]) work.reject(error);
    busy.clear();
  };
  const workers = Array.from({ length: count ?? Math.min(usualMax, availableParallelism()) }, () => {
    const worker = new Worker(module, { workerData });
    worker.on("message", (result: Result) => {
      busy.get(worker)?.resolve(result);
      busy.delete(worker);
      idle.push(worker);
      next();
    });
    worker.on("error", fail);
    idle.push(worker);
    return worker;
  });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure !== null) return reject(failure);
        waiting.push({ job, group: groupOf?.(job) ?? null, resolve, reject });
        next();
      }),
    // A thread reads its messages in order, so it has the data before the next job.
    share: (data) => {
      for (const worker of workers) worker.postMessage(data);
    },
    stop: async () => {
      fail(new Error("the pool was stopped before this job ended"));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
