import { readFile } from "node:fs/promises";
import { codeOf, Failure } from "./failure.ts";

/** Reads a local file. @throws Failure with the reason if it cannot be read or is empty. */
export async function readPublication(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(file).catch((error: unknown): never => {
    const why = { ENOENT: "it does not exist", EACCES: "permission denied", EISDIR: "it is a folder" }[codeOf(error)];
    throw new Failure(`${file} cannot be read: ${why ?? String(error)}.`);
  });
  if (bytes.length === 0) throw new Failure(`${file} is empty (0 bytes). Download or export it again.`);
  return bytes;
}
