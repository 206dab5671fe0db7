/** Returns at most `count` elements of a list, evenly spaced, starting with the first. */
export function evenlySpaced<T>(list: readonly T[], count: number): T[] {
  const length = Math.min(list.length, count);
  return Array.from({ length }, (_, i) => list[Math.floor((i * list.length) / length)]).filter(
    (element) => element !== undefined,
  );
}
