/** Reads one cell of the file as a price, or returns why it is not a price. */

export type Price =
  | { readonly kind: "price"; readonly value: number }
  | { readonly kind: "not-available" }
  | { readonly kind: "problem"; readonly reason: string; readonly expected: string };

const plain = /^-?\d+(?:\.\d+)?$/;
/** Groups of three digits; the first group has one to three digits and does not start with 0. */
const grouped = /^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;
/** Digits with separators between them. The first class has no digit, so that no text takes quadratic time. */
const likeNumber = /^[-+]?[.,' ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?$/;

/** Far above the price of an ounce in any currency: today's largest is about 10⁸. */
const priceMax = 1e10;

export function readPrice(text: string): Price {
  if (text === "#N/A") return { kind: "not-available" };
  if (text === "") return refused("missing-value", "a price or #N/A");
  if (!plain.test(text) && !grouped.test(text)) {
    return likeNumber.test(text)
      ? refused("malformed-number", "digits, commas between thousands, a decimal point")
      : refused("no-number", "a price or #N/A");
  }
  const value = Number(text.replaceAll(",", ""));
  if (value > 0 && value <= priceMax) return { kind: "price", value };
  return refused("out-of-range", `a price above 0, at most ${priceMax}`);
}

const refused = (reason: string, expected: string): Price => ({ kind: "problem", reason, expected });
