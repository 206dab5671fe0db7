/** Creates folders, and checks the folder of `--out` before a command computes what it writes there. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { whyNotWritten } from "./disk.ts";
import { codeOf, Failure } from "./failure.ts";

/**
 * Creates a folder and the missing ones above it. Does not use the option `recursive` of Node, which tries again for ever where a
 * file system answers ENOENT to a new folder, such as below /proc.
 * @throws the error of the file system
 */
export function makeFolder(path: string, mode = 0o777): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeFolder(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || !statSync(path).isDirectory()) throw error;
  }
}

/** Returns the absolute path of the output folder, which exists then. @throws Failure with the reason if nothing can be written there */
export function makeOutFolder(out: string): string {
  const folder = resolve(out);
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Failure(
      `The folder ${folder} cannot be written: ${whyNotWritten(error)}. Choose another with --out DIR.`,
    );
  }
  return folder;
}
