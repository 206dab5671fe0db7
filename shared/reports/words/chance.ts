/** Formats probabilities as frequencies, which people understand better than percentages (Gigerenzer and Hoffrage, 1995). */

export interface ChanceWords {
  of(count: number, all: number): string;
  less(count: number, all: number): string;
  more(count: number, all: number): string;
}

/** Returns tenths, such as "3 in 10". Near 0 and 1 it returns a bound, because 0 in 10 would mean impossible. */
export function chanceText(probability: number, { of, less, more }: ChanceWords): string {
  if (probability < 0.01) return less(1, 100);
  if (probability < 0.05) return less(1, 20);
  if (probability > 0.99) return more(99, 100);
  if (probability > 0.95) return more(19, 20);
  return of(Math.min(9, Math.max(1, Math.round(probability * 10))), 10);
}
