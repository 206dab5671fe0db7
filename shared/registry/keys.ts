/** Where a model lies in R2 and what names it in KV. */

export const artefactNames = ["model.onnx", "card.json"] as const;
export type ArtefactName = (typeof artefactNames)[number];

/** `models/<forecast>/<version>/model.onnx` */
export function artefactKey(forecast: string, version: string, name: ArtefactName): string {
  return `models/${forecast}/${version}/${name}`;
}

/** KV `champion:<forecast>`: which version serves, with the number of the change that put it there. */
export function championKey(forecast: string): string {
  return `champion:${forecast}`;
}
