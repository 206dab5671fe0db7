/** The members of a champion change that a rollback needs. */
export interface ChampionChange {
  readonly version: string;
  readonly rule: string;
}

/**
 * Returns the predecessor of the champion, or null. `changes` are all changes, oldest first.
 *
 * A rollback removes the versions after its target: after v1, v2, v3 and a rollback to v2, the predecessor is v1. So two
 * rollbacks go back two steps and never return to a removed version. Fallbacks are not decisions and do not count. O(changes).
 * @example championBefore([{ version: "v1", rule: "first" }, { version: "v2", rule: "refresh" }]) // "v1"
 */
export function championBefore(changes: readonly ChampionChange[]): string | null {
  return championLineage(changes.filter(({ rule }) => rule !== "fallback")).at(-2) ?? null;
}

/** Returns the champions that lead to the current one, oldest first, without the versions that a rollback removed. O(changes). */
export function championLineage(changes: readonly ChampionChange[]): string[] {
  const lineage: string[] = [];
  for (const { version, rule } of changes) {
    const depth = rule === "rollback" ? lineage.lastIndexOf(version) : -1;
    if (depth >= 0) lineage.length = depth + 1;
    else if (lineage.at(-1) !== version) lineage.push(version);
  }
  return lineage;
}
