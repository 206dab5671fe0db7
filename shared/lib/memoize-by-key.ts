/** Memoizes one value per key, such as a text that few of many rows have in common. */
export function memoizeByKey<Key extends string | number, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const cache = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const cached = cache.get(key);
    if (cached) return cached.value;
    const value = make(key);
    cache.set(key, { value });
    return value;
  };
}
