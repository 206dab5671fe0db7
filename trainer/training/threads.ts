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

/** The waiting jobs. A group belongs to the thread that took its first job. */
class JobQueue<Job, Result> {
  readonly #waiting: Waiting<Job, Result>[] = [];
  readonly #owners = new Map<string, Worker>();

  get length(): number {
    return this.#waiting.length;
  }

  add(work: Waiting<Job, Result>): void {
    this.#waiting.push(work);
  }

  takeAll(): Waiting<Job, Result>[] {
    return this.#waiting.splice(0);
  }

  /** Removes and returns the next job of a thread: of its own groups, else of a group without a thread, else any. */
  takeFor(worker: Worker): Waiting<Job, Result> | undefined {
    const own = this.#waiting.findIndex((work) => this.#ownerOf(work) === worker);
    const free = own >= 0 ? own : this.#waiting.findIndex((work) => this.#ownerOf(work) === undefined);
    const [work] = this.#waiting.splice(Math.max(0, free), 1);
    if (work !== undefined && work.group !== null && !this.#owners.has(work.group))
      this.#owners.set(work.group, worker);
    return work;
  }

  #ownerOf({ group }: Waiting<Job, Result>): Worker | undefined {
    return group === null ? undefined : this.#owners.get(group);
  }
}

/** Starts threads. An error in a thread rejects all jobs. */
export function startThreads<Job, Result>({
  module,
  workerData,
  count,
  groupOf,
}: ThreadOptions<Job>): Threads<Job, Result> {
  const queue = new JobQueue<Job, Result>();
  /** The jobs of each thread, the running one first. */
  const started = new Map<Worker, Waiting<Job, Result>[]>();
  let failure: unknown = null;
  const next = () => {
    // First a job for every thread. A second one only if many wait: a thread then continues while the main thread computes, and
    // towards the end no job waits behind another.
    for (const running of [0, 1]) {
      for (const [worker, jobs] of started) {
        if (jobs.length !== running || (running > 0 && queue.length <= started.size)) continue;
        const work = queue.takeFor(worker);
        if (work === undefined) return;
        jobs.push(work);
        worker.postMessage(work.job);
      }
    }
  };
  const fail = (error: unknown) => {
    failure = error;
    for (const work of [...[...started.values()].flat(), ...queue.takeAll()]) work.reject(error);
    for (const jobs of started.values()) jobs.length = 0;
  };
  const workers = Array.from({ length: count ?? Math.min(usualMax, availableParallelism()) }, () => {
    const worker = new Worker(module, { workerData });
    const jobs: Waiting<Job, Result>[] = [];
    started.set(worker, jobs);
    // A thread answers its jobs in their order.
    worker.on("message", (result: Result) => {
      jobs.shift()?.resolve(result);
      next();
    });
    worker.on("error", fail);
    return worker;
  });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure !== null) return reject(failure);
        queue.add({ job, group: groupOf?.(job) ?? null, resolve, reject });
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
