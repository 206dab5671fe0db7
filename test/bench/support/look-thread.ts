/** A thread that simulates worlds: one message in, one message out. */
import { parentPort } from "node:worker_threads";
import { isNaive } from "../../../shared/registry/gate.ts";
import {
  hasBaselineCentre,
  type LookResult,
  servesLearned,
  simulateLooks,
  type World,
} from "../../training/look-simulation.ts";

/** What the bench needs of a world, as plain data. */
export interface Simulated {
  /**
   * p of each look, multiplied by 2 for each halving, the number of periods of its training, and whether the submitted recipe has
   * the medians of the baseline.
   */
  readonly looks: readonly { readonly p: number; readonly periods: number; readonly isSameCentre: boolean }[];
  /** True if the last look promoted another model than the baseline. */
  readonly serves: boolean;
  /** True if a learned contender of the last look has p < 0.001 on its own. */
  readonly isClear: boolean;
}

const simplest = ["seasonal-naive"];
const isClear = ({ outcome }: LookResult) =>
  outcome.contenders.some(
    ({ candidate, pValue }) => !isNaive(candidate) && !simplest.includes(candidate) && (pValue ?? 1) < 0.001,
  );

parentPort?.on("message", async (world: World) => {
  const results = await simulateLooks(world);
  const last = results.at(-1);
  const simulated: Simulated = {
    looks: results.map(({ p, periods, outcome }) => ({ p, periods, isSameCentre: hasBaselineCentre(outcome) })),
    serves: last !== undefined && servesLearned(last.outcome),
    isClear: last !== undefined && isClear(last),
  };
  parentPort?.postMessage(simulated);
});
