/** The rule for the length of validation. It is the same for every forecast, and it reads nothing of the test window. */
import { type Dataset, firstRowAt } from "../features/dataset.ts";

/** Share of all periods, if these have enough rows. */
const usualShare = 0.2;
/** The mean loss of fewer rows has too large an error to rank contenders. */
const rowsMin = 120;
/** Largest share of the periods before the test window. The first fit then has at least as many periods as validation. */
const shareMax = 0.5;

/**
 * Returns the number of periods of validation, which end where the test window begins: a fifth of all periods. If these have fewer
 * than 120 rows, as with one series, it is the smallest number of periods with 120 rows, but at most half of the periods before the
 * test window. O(periods · log rows).
 * @param testFrom position of the first period of the test window
 */
export function validationPeriods(data: Dataset, testFrom: number): number {
  const usual = Math.ceil(data.periods.length * usualShare);
  const most = Math.floor(testFrom * shareMax);
  const end = firstRowAt(data, testFrom);
  let count = usual;
  while (count < most && end - firstRowAt(data, testFrom - count) < rowsMin) count++;
  return Math.min(count, most);
}
