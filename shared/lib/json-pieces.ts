/**
 * Yields the JSON of an object in pieces: one for each member, and one for each item of a member that is a list. Together they
 * equal `JSON.stringify(value)`, without the whole text in memory. `end` follows the last one.
 */
export function* jsonPieces(value: Readonly<Record<string, unknown>>, end = ""): Iterable<string> {
  let before = "{";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* Array.isArray(member) ? listPieces(member) : [JSON.stringify(member)];
    before = ",";
  }
  yield (before === "{" ? "{}" : "}") + end;
}

function* listPieces(list: readonly unknown[]): Iterable<string> {
  let before = "[";
  for (const item of list) {
    yield before + (JSON.stringify(item) ?? "null");
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}
