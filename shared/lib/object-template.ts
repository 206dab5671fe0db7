/**
 * Returns an object with these keys, all with one value. Copy it with `{ ...template }` and fill the copy. If more than about a
 * dozen keys are added one by one, engines switch to a hash table, which is several times slower to read, copy and serialize.
 */
export function objectTemplate<Value>(names: readonly string[], value: Value): Readonly<Record<string, Value>> {
  const parsed: Record<string, Value> = JSON.parse(
    JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))),
  );
  for (const name of names) parsed[name] = value;
  return parsed;
}
