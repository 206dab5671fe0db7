import { readFileSync } from "node:fs";
import { z } from "zod";

const manifestShape = z.object({ name: z.string(), version: z.string() });

/** Returns name and version of this code for cards and runs. */
export function codeVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { name, version } = manifestShape.parse(JSON.parse(text));
  return `${name} ${version}`;
}
