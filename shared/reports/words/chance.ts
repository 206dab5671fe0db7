/** Formats probabilities as frequencies, which people understand better than percentages (Gigerenzer and Hoffrage, 1995). */

export interface ChanceWords {
  of(count: number, all: number): string;
  less(count: number, all: number): string;
  more(count: number, all: number): string;
}

/** A range of 95 % is not "9 in 10": this far around 1 and 19 of 20 the twentieth is stated. */
const nearTwentieth = 0.005;

/**
 * Returns tenths, such as "3 in 10", and "1 in 20" and "19 in 20" for about 5 and 95 %. Nearer to 0 and 1 it returns a bound,
 * because 0 in 10 would mean impossible.
 */
export function chanceText(probability: number, { of, less, more }: ChanceWords): string {
  if (Math.abs(probability - 0.05) <= nearTwentieth) return of(1, 20);
  if (Math.abs(probability - 0.95) <= nearTwentieth) return of(19, 20);
  if (probability < 0.01) return less(1, 100);
  if (probability < 0.05) return less(1, 20);
  if (probability > 0.99) return more(99, 100);
  if (probability > 0.95) return more(19, 20);
  return of(Math.min(9, Math.max(1, Math.round(probability * 10))), 10);
}
