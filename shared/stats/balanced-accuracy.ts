/**
 * Balanced accuracy: the share of hits within each class that occurs in the truth, averaged over the classes, so that
 * always naming the common class earns no more than chance.
 *
 * `truth` and `predicted`: n labels each, compared with `===`. Range: 0 to 1; 1 / classes is chance. A class that is
 * only ever predicted has no hits to share and does not count. O(n).
 * @see sklearn.metrics.balanced_accuracy_score
 * @example balancedAccuracy([1, 1, 1, 0], [1, 1, 1, 1]) // 0.5
 */
export function balancedAccuracy<Label extends string | number | boolean>(
  truth: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
): number {
  if (truth.length === 0 || truth.length !== predicted.length) {
    throw new RangeError(`${truth.length} true labels against ${predicted.length} predicted: expected as many, not 0`);
  }
  const classes = new Map<Label, { hits: number; count: number }>();
  Array.from(truth).forEach((label, i) => {
    const tally = classes.get(label) ?? { hits: 0, count: 0 };
    tally.count += 1;
    if (predicted[i] === label) tally.hits += 1;
    classes.set(label, tally);
  });
  let sum = 0;
  for (const { hits, count } of classes.values()) sum += hits / count;
  return sum / classes.size;
}
