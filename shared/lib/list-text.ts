/** @example listText(["a", "b"]) // "a, b"; "none" for an empty list */
export function listText(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
