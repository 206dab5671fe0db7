/** Moves labels apart that would overlap. */

/**
 * Returns positions at least `gap` apart, in the order of the given ones, between `low` and `high` if they fit. Pools of
 * overlapping labels are centred on the mean of their positions (the least-squares solution). O(n²) for n labels.
 * @param positions in any order
 */
export function spread(positions: readonly number[], gap: number, [low, high]: readonly [number, number]): number[] {
  const order = positions.map((_, at) => at).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0) || a - b);
  const pools: { count: number; sum: number }[] = [];
  const middleOf = ({ count, sum }: { count: number; sum: number }) => {
    const half = (gap * (count - 1)) / 2;
    return Math.max(low + half, Math.min(high - half, sum / count));
  };
  for (const at of order) {
    let pool = { count: 1, sum: positions[at] ?? 0 };
    for (let before = pools.at(-1); before !== undefined; before = pools.at(-1)) {
      const distance = (gap * (before.count + pool.count)) / 2;
      if (middleOf(pool) - middleOf(before) >= distance) break;
      pools.pop();
      pool = { count: pool.count + before.count, sum: pool.sum + before.sum };
    }
    pools.push(pool);
  }
  const sorted = pools.flatMap((pool) =>
    Array.from({ length: pool.count }, (_, at) => middleOf(pool) + gap * (at - (pool.count - 1) / 2)),
  );
  const placed = new Array<number>(positions.length).fill(0);
  order.forEach((at, rank) => {
    placed[at] = sorted[rank] ?? 0;
  });
  return placed;
}
