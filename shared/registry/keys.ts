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

/** KV `champion:<forecast>`: which version serves, with the number of the change that put it there. */
export function championKey(forecast: string): string {
  return `champion:${forecast}`;
}
