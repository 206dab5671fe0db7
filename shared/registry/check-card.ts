/** Checks that a card matches its model file, its address and the code that would serve it. */
import type { Card } from "./card.ts";

/** The values that the card must match. */
export interface CardExpectation {
  readonly forecast: string;
  readonly version: string;
  /** SHA-256 of `model.onnx`. */
  readonly sha256: string;
  readonly bytes: number;
  /** Fingerprints of the forecast's features in this code, by the current rule first, then by earlier rules. */
  readonly fingerprints: readonly string[];
}

/** The members of a card that are compared. */
interface Claims extends Pick<Card, "forecast" | "version" | "fingerprint"> {
  readonly model: Pick<Card["model"], "sha256" | "bytes">;
  readonly judged: { readonly evidence: { readonly periods: readonly string[] } };
}

export interface Mismatch {
  readonly detail: string;
  readonly found: string;
  readonly expected: string;
}

/** Returns the first mismatch, or null. */
export function checkCard(card: Claims, place: CardExpectation): Mismatch | null {
  const { model, judged } = card;
  const claims: readonly (readonly [string, string | number, string | number])[] = [
    ["The card is for another forecast.", card.forecast, place.forecast],
    ["The card is for another version.", card.version, place.version],
    ["The card describes another model.onnx: its sha256 differs.", model.sha256, place.sha256],
    ["The card describes another model.onnx: its size in bytes differs.", model.bytes, place.bytes],
    [
      "The model was trained with other feature definitions than this hub's: their fingerprint differs. Train it again with this hub's code.",
      card.fingerprint,
      place.fingerprints.find((fingerprint) => fingerprint === card.fingerprint) ?? place.fingerprints[0] ?? "",
    ],
  ];
  for (const [detail, found, expected] of claims) {
    if (found !== expected) return { detail, found: String(found), expected: String(expected) };
  }
  const { periods } = judged.evidence;
  const unordered = periods.findIndex((period, index) => index > 0 && period <= (periods[index - 1] ?? ""));
  if (unordered > 0) {
    return {
      detail: "The periods of the evidence are not in ascending order.",
      found: `${periods[unordered]} after ${periods[unordered - 1]}`,
      expected: "ascending periods",
    };
  }
  return null;
}
