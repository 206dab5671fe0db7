/** The order in which the versions of a forecast may serve: the decided champion, earlier champions, baselines. */
import { isNaive } from "./gate.ts";
import { type ChampionChange, championLineage } from "./rollback.ts";

export interface RegisteredVersion {
  readonly version: string;
  readonly candidate: string;
}

export interface ServingOrder {
  /** The version that the gate or a person decided on last; null before the first decision. */
  readonly decided: string | null;
  /** Versions without repetition, the decided one first. The first that can run serves. */
  readonly versions: readonly string[];
}

/**
 * Returns who may serve. `changes` are all changes of the champion, oldest first; `registered` are all versions, newest first.
 *
 * Changes by the rule `fallback` are not decisions: the decided version serves again as soon as it can run. After it come the
 * learned champions before it, the latest first, because each was replaced by a better one. Last come the baselines, the
 * newest first: they need no decision. O(changes + registered).
 */
export function servingOrder(
  changes: readonly ChampionChange[],
  registered: readonly RegisteredVersion[],
): ServingOrder {
  const lineage = championLineage(changes.filter(({ rule }) => rule !== "fallback"));
  const decided = lineage.at(-1) ?? null;
  if (decided === null) return { decided, versions: [] };
  const baselines = registered.filter(({ candidate }) => isNaive(candidate)).map(({ version }) => version);
  const learned = lineage.toReversed().filter((version) => !baselines.includes(version));
  return { decided, versions: [...new Set([decided, ...learned, ...baselines])] };
}
