import { readFile } from "node:fs/promises";
import { codeOf, Failure } from "./failure.ts";

/** Reads a local file. @throws Failure with the reason if it cannot be read. */
export async function readPublication(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = { ENOENT: "it does not exist", EACCES: "permission denied", EISDIR: "it is a folder" }[codeOf(error)];
    throw new Failure(`${file} cannot be read: ${why ?? String(error)}.`);
  }
}
