/**
 * Returns the balanced accuracy: the share of correct predictions within each true class, averaged over the classes.
 * Always predicting the most common class is therefore no better than chance.
 *
 * `truth` and `predicted`: n labels each, compared with `===`. Range: 0 to 1; chance is 1 / classes. A class that occurs
 * only in `predicted` is ignored. O(n).
 * @see sklearn.metrics.balanced_accuracy_score
 * @example balancedAccuracy([1, 1, 1, 0], [1, 1, 1, 1]) // 0.5
 */
export function balancedAccuracy<Label extends string | number | boolean>(
  truth: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
): number {
  if (truth.length === 0 || truth.length !== predicted.length) {
    throw new RangeError(
      `${truth.length} true and ${predicted.length} predicted labels: expected equally many, at least 1`,
    );
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
