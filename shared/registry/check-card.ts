/** Whether a card belongs to the file beside it, to the place it lies in and to the code that would serve it. */
import type { Card } from "./card.ts";

/** What the card must agree with. */
export interface Place {
  readonly forecast: string;
  readonly version: string;
  /** Of `model.onnx`. */
  readonly sha256: string;
  readonly bytes: number;
  /** Of the forecast's features as this code computes them, by every rule for fingerprints; the current one first. */
  readonly fingerprints: readonly string[];
}

/** What of a card is compared: a whole card has it, and so does what `predict` reads of one. */
interface Claims extends Pick<Card, "forecast" | "version" | "fingerprint"> {
  readonly model: Pick<Card["model"], "sha256" | "bytes">;
  readonly judged: { readonly evidence: { readonly periods: readonly string[] } };
}

export interface Mismatch {
  readonly detail: string;
  readonly found: string;
  readonly expected: string;
}

/** The first thing that does not agree; null when all does. */
export function checkCard(card: Claims, place: Place): Mismatch | null {
  const { model, judged } = card;
  const claims: readonly (readonly [string, string | number, string | number])[] = [
    ["The card is for another forecast.", card.forecast, place.forecast],
    ["The card is for another version.", card.version, place.version],
    ["The card describes another model.onnx: its sha256 differs.", model.sha256, place.sha256],
    ["The card describes another model.onnx: its size in bytes differs.", model.bytes, place.bytes],
    [
      "The model was trained on features that this hub computes in another way: their fingerprint differs. Train it again with this hub's code.",
      card.fingerprint,
      place.fingerprints.find((one) => one === card.fingerprint) ?? place.fingerprints[0] ?? "",
    ],
  ];
  for (const [detail, found, expected] of claims) {
    if (found !== expected) return { detail, found: String(found), expected: String(expected) };
  }
  const { periods } = judged.evidence;
  const unordered = periods.findIndex((period, index) => index > 0 && period <= (periods[index - 1] ?? ""));
  if (unordered > 0) {
    return {
      detail: "The evidence's periods are not in order, each once.",
      found: `${periods[unordered]} after ${periods[unordered - 1]}`,
      expected: "ascending periods",
    };
  }
  return null;
}
