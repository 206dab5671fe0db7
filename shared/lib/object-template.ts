/**
 * An object with these keys and one value, to be copied by `{ ...record }` and filled. Engines make a hash table of an object
 * to which more than a dozen keys were added one by one, which is read, copied and written as JSON several times as slowly.
 */
export function objectTemplate<Value>(names: readonly string[], value: Value): Readonly<Record<string, Value>> {
  const parsed: Record<string, Value> = JSON.parse(
    JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))),
  );
  for (const name of names) parsed[name] = value;
  return parsed;
}
