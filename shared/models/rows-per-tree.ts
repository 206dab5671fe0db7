/** A fifth of the rows is enough for a tree of an ensemble: each tree draws others, so together they use nearly all. */
const shareMin = 0.2;

/** Returns the number of rows that each tree learns from: a share, at most `max`, but at least a fifth of all. */
export function rowsPerTree(share: number, max: number, total: number): number {
  return Math.floor(Math.min(share * total, Math.max(max, shareMin * total)));
}
