/** Writes a file below a folder. Creates and changes nothing outside it, even if the folder contains links. */
import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { codeOf, Failure } from "./failure.ts";

/** Names that Windows reserves for devices, and characters that it treats as separators or streams. */
const reservedName = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
const unsafeCharacter = /[\\:*?"<>|\p{Cc}]/u;

/**
 * Writes a file and the folders above it. `path` is relative to `folder`, with slashes. A complete file replaces an earlier
 * one at once.
 * @throws Failure for a path that leaves the folder, on any system, and if one of its parts is a symbolic link.
 */
export async function writeInside(folder: string, path: string, bytes: Uint8Array | string): Promise<void> {
  const parts = path.split("/");
  const target = join(folder, ...parts);
  if (isAbsolute(path) || !parts.every(isSafeName)) {
    throw new Failure(`${path} is not a path below ${folder}, so it is not written.`);
  }
  const temporary = join(dirname(target), `.${randomUUID()}.part`);
  try {
    refuseLinks(folder, parts);
    await mkdir(dirname(target), { recursive: true });
    // Not into the file itself, which another program may replace by a link.
    await writeFile(temporary, bytes, { flag: "wx" });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof Failure) throw error;
    throw new Failure(
      `${target} cannot be written (${codeOf(error) || String(error)}). Choose another folder with --out DIR.`,
    );
  }
}

/** Windows also ignores dots and spaces at the end of a name. */
function isSafeName(name: string): boolean {
  return name !== "" && !/[. ]$/.test(name) && !unsafeCharacter.test(name) && !reservedName.test(name);
}

/** Refuses a symbolic link in a path, because its target may be outside the folder. */
function refuseLinks(folder: string, parts: readonly string[]): void {
  let path = folder;
  for (const part of parts) {
    path = join(path, part);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new Failure(
        `${path} is a symbolic link, so nothing is written through it. Delete it, or choose another folder with --out DIR.`,
      );
    }
  }
}
