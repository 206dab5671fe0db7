/**
 * Limits the computing time of callers without a token: a token bucket for each address. It is approximate, because every isolate
 * has its own, so a caller whose requests reach several isolates gets as many budgets. The rate limit counts requests of all isolates.
 */

export interface CostLimits {
  /** Operations that a caller gets back each second; about a tenth of an isolate's time. */
  readonly perSecond: number;
  /** Operations that a caller who was idle may use at once. */
  readonly burst: number;
}

interface Balance {
  operations: number;
  atMs: number;
}

/** Bounds the memory: the address that was charged the longest time ago is removed first. */
const addressesMax = 10_000;
/** Cheaper requests are limited by their rate alone, so that they do not pay for this. */
const freeOperations = 10_000;

export class CostBudget {
  readonly #limits: CostLimits;
  readonly #balances = new Map<string, Balance>();

  constructor(limits: CostLimits) {
    this.#limits = limits;
  }

  /** Returns the number of seconds after which a caller may send a request again; 0 if now. */
  secondsToWait(address: string, nowMs: number): number {
    if (this.#balances.size === 0) return 0;
    const operations = this.#operationsOf(address, nowMs);
    return operations > 0 ? 0 : Math.ceil((1 - operations) / this.#limits.perSecond);
  }

  /** Subtracts the operations of a request, possibly more than are left: the caller then waits until they are back. */
  charge(address: string, operations: number, nowMs: number): void {
    if (operations <= freeOperations) return;
    const left = this.#operationsOf(address, nowMs) - operations;
    this.#balances.delete(address);
    this.#balances.set(address, { operations: left, atMs: nowMs });
    const [oldest] = this.#balances.keys();
    if (this.#balances.size > addressesMax && oldest !== undefined) this.#balances.delete(oldest);
  }

  #operationsOf(address: string, nowMs: number): number {
    const { perSecond, burst } = this.#limits;
    const balance = this.#balances.get(address);
    if (balance === undefined) return burst;
    return Math.min(burst, balance.operations + ((nowMs - balance.atMs) / 1000) * perSecond);
  }
}

const perSecondDefault = 2_500_000;
/** A caller who was idle may use the operations of so many seconds at once. */
const burstSeconds = 20;

/** Reads COST_PER_SECOND. Null for 0: no limit. If the variable is invalid, the default is used and the error is logged. */
export function readCostLimits(text: string | undefined): CostLimits | null {
  const isValid = text === undefined || /^\s*\d{0,12}\s*$/.test(text);
  if (!isValid) console.error(`COST_PER_SECOND is ${text}, expected a number of operations; it is ${perSecondDefault}`);
  const perSecond = isValid && text?.trim() ? Number(text) : perSecondDefault;
  return perSecond === 0 ? null : { perSecond, burst: burstSeconds * perSecond };
}
