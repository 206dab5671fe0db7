/** Keys of models in R2 and KV. */

/** `steps.onnx` exists only for a version whose learner serves a step after the first. */
export const artefactNames = ["model.onnx", "steps.onnx", "card.json"] as const;
export type ArtefactName = (typeof artefactNames)[number];

/** Maximum sizes of uploads. A model remains in the memory of a Worker, and a card only while it is read. */
export const artefactBytesMax: Readonly<Record<ArtefactName, number>> = {
  "model.onnx": 64_000_000,
  "steps.onnx": 64_000_000,
  "card.json": 4_000_000,
};

/** Returns `models/<forecast>/<version>/model.onnx`. */
export function artefactKey(forecast: string, version: string, name: ArtefactName): string {
  return `models/${forecast}/${version}/${name}`;
}

/** Format of `served.json` that this code writes and reads. */
export const servedFormat = 1;

/** Returns `models/<forecast>/<version>/served/<sha256>.json`, with the digest of the bytes. */
export function servedKey(forecast: string, version: string, sha256: string): string {
  return `models/${forecast}/${version}/served/${sha256}.json`;
}

/** The same limit as for a card, because `served.json` is an extract of it. */
export const servedBytesMax = artefactBytesMax["card.json"];

/** Key in KV of the ids of all forecasts, in order. */
export const forecastsKey = "forecasts";

/** Returns the key in KV of the champion pointer: the version that serves and the number of its change. */
export function championKey(forecast: string): string {
  return `champion:${forecast}`;
}
