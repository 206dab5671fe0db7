/** Where a model lies in R2 and what names it in KV. */

export const artefactNames = ["model.onnx", "card.json"] as const;
export type ArtefactName = (typeof artefactNames)[number];

/** What is uploaded may be this large: a Worker holds a model in memory, a card in passing. */
export const artefactBytesMax: Readonly<Record<ArtefactName, number>> = {
  "model.onnx": 64_000_000,
  "card.json": 4_000_000,
};

/** `models/<forecast>/<version>/model.onnx` */
export function artefactKey(forecast: string, version: string, name: ArtefactName): string {
  return `models/${forecast}/${version}/${name}`;
}

/** Format of `served.json` that this code writes and reads. */
export const servedFormat = 1;

/** `models/<forecast>/<version>/served/<sha256>.json`: the digest of its bytes is part of the key. */
export function servedKey(forecast: string, version: string, sha256: string): string {
  return `models/${forecast}/${version}/served/${sha256}.json`;
}

/** An extract of a card, which may have as many bytes. */
export const servedBytesMax = artefactBytesMax["card.json"];

/** KV `forecasts`: the ids of all forecasts, in order. */
export const forecastsKey = "forecasts";

/** KV `champion:<forecast>`: which version serves, with the number of the change that put it there. */
export function championKey(forecast: string): string {
  return `champion:${forecast}`;
}
