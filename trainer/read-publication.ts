import { readFile } from "node:fs/promises";
import { codeOf, Failure } from "./failure.ts";

/** Reads a publication from this disk. A file that cannot be read fails with the reason. */
export async function readPublication(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = { ENOENT: "there is no such file", EACCES: "you may not read it", EISDIR: "it is a folder" }[
      codeOf(error)
    ];
    throw new Failure(`${file} cannot be read: ${why ?? String(error)}.`);
  }
}
