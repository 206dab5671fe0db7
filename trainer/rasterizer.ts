/** Rasterizes charts in Node: reads the wasm of resvg and the shipped fonts from node_modules. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Rasterize, startRasterizer } from "../shared/charts/png.ts";

const { resolve } = createRequire(import.meta.url);
const fontFiles = [400, 600].map(
  (weight) => `@fontsource/source-sans-3/files/source-sans-3-latin-${weight}-normal.woff2`,
);

/** Returns the rasterizer. The first call takes about 100 ms. */
export async function rasterizerOfNode(): Promise<Rasterize> {
  const bytesOf = (file: string) => Uint8Array.from(readFileSync(resolve(file)));
  return startRasterizer({ wasm: bytesOf("@resvg/resvg-wasm/index_bg.wasm"), fonts: fontFiles.map(bytesOf) });
}
