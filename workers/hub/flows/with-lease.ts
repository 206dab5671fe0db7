/** Runs work while no other run changes the same feed. */
import { releaseLease, renewLease, takeLease } from "../../../shared/db/leases.ts";
import type { Hub } from "../hub.ts";
import { Overtaken } from "../ingest/lake-files.ts";
import type { Flow, Retries, StepResult } from "./flow.ts";

/** Tries to take the lease for half an hour. The lease of a run that has died expires after two minutes. */
const leaseRetries: Retries = { limit: 900, delay: "2 seconds", backoff: "constant" };
const roundsMax = 5;

export interface Lease {
  /** The number of the lease. Every write checks it. */
  readonly fence: number;
  /** Extends the lease. @throws Overtaken once another run has taken it. */
  check(): Promise<void>;
  /** Runs a step that changes the feed. Returns null if another run was faster; another round then runs its steps again. */
  step<T extends object>(name: string, work: () => Promise<T>): Promise<T | null>;
}

type LeaseEffects = Pick<Hub, "db" | "now">;

interface Round {
  readonly feed: string;
  readonly fence: number;
  readonly round: number;
}

/**
 * Takes the lease of a feed, runs `work` and releases the lease. If another run takes the lease meanwhile, `work` returns
 * null and runs again in another round. Returns null after five rounds.
 */
export async function withLease<T>(
  hub: LeaseEffects,
  flow: Flow,
  { feed, work }: { readonly feed: string; readonly work: (lease: Lease) => Promise<T | null> },
): Promise<T | null> {
  for (let round = 1; round <= roundsMax; round++) {
    const fence = await waitForLease(hub, flow, feed, round);
    try {
      const result = await work(leaseOf(hub, flow, { feed, fence, round }));
      if (result !== null) return result;
    } finally {
      await flow.step(stepName("release lease", round), async () => ({
        value: await releaseLease(hub.db, feed, fence),
      }));
    }
  }
  return null;
}

/** The reason of a flow that lost every lease. */
export const lostLeases = `another run took the lease ${roundsMax} times in a row; retry this flow`;

function leaseOf(hub: LeaseEffects, flow: Flow, { feed, fence, round }: Round): Lease {
  return {
    fence,
    async check() {
      if (await renewLease(hub.db, feed, fence, hub.now())) return;
      throw new Overtaken(`another run has taken the lease of ${feed}`);
    },
    step: (name, work) => flow.step(stepName(name, round), () => unlessOvertaken(work)),
  };
}

async function waitForLease(hub: LeaseEffects, flow: Flow, feed: string, round: number): Promise<number> {
  const take = async () => {
    const value = await takeLease(hub.db, feed, flow.run.id, hub.now());
    if (value === null) throw new Error(`another run holds the lease of ${feed}`);
    return { value };
  };
  return flow.step(stepName("take lease", round), take, leaseRetries);
}

async function unlessOvertaken<T extends object>(work: () => Promise<T>): Promise<StepResult<T | null>> {
  try {
    const value = await work();
    return { value, stats: Object.fromEntries(Object.entries(value)) };
  } catch (error) {
    if (error instanceof Overtaken) return { value: null, stats: { overtaken: true } };
    throw error;
  }
}

/** Workflows identify finished steps by name, so each round needs different names. */
function stepName(step: string, round: number): string {
  return round === 1 ? step : `${step} (round ${round})`;
}
