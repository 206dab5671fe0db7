/** One change of champion, as far as going back needs it. */
export interface ChampionChange {
  readonly version: string;
  readonly rule: string;
}

/**
 * The version that served before the one that serves now; null where there is none. `changes` are all, oldest first.
 *
 * What was rolled back is left behind: after v1, v2, v3 and a rollback to v2, the version before is v1, so that going
 * back twice goes two steps and never returns to what was taken away. O(changes).
 * @example championBefore([{ version: "v1", rule: "first" }, { version: "v2", rule: "refresh" }]) // "v1"
 */
export function championBefore(changes: readonly ChampionChange[]): string | null {
  const standing: string[] = [];
  for (const { version, rule } of changes) {
    const depth = rule === "rollback" ? standing.lastIndexOf(version) : -1;
    if (depth >= 0) standing.length = depth + 1;
    else if (standing.at(-1) !== version) standing.push(version);
  }
  return standing.at(-2) ?? null;
}
