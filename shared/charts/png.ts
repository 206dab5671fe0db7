/** Rasterizes an SVG of this folder with resvg. */
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { chartFont } from "./svg.ts";

/** Returns the bytes of a PNG. */
export type Rasterize = (svg: string) => Uint8Array<ArrayBuffer>;

/** Pixels of the image for one pixel of the chart: sharp on dense screens. */
const zoom = 2;

export interface RasterizerParts {
  /** The wasm of resvg: a compiled module in workerd, its bytes in Node. */
  readonly wasm: Parameters<typeof initWasm>[0];
  /** Font files of `chartFont`, as WOFF2. Without them all text is missing. */
  readonly fonts: readonly Uint8Array[];
}

let started: Promise<void> | null = null;

/** Starts resvg once for each isolate or process, and returns the rasterizer. */
export async function startRasterizer({ wasm, fonts }: RasterizerParts): Promise<Rasterize> {
  started ??= initWasm(wasm);
  await started;
  const fontBuffers = [...fonts];
  return (svg) => {
    const options = {
      fitTo: { mode: "zoom", value: zoom },
      font: { fontBuffers, loadSystemFonts: false, defaultFontFamily: chartFont },
    } as const;
    const image = new Resvg(svg, options);
    try {
      return Uint8Array.from(image.render().asPng());
    } finally {
      // The wasm's memory is not garbage collected.
      image.free();
    }
  };
}
