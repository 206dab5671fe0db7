/** Writes a file below a folder. Creates and changes nothing outside it, even if the folder contains links. */
import { randomUUID } from "node:crypto";
import { lstatSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { whyNotWritten } from "./disk.ts";
import { Failure } from "./failure.ts";
import { makeFolder } from "./make-folder.ts";

/** Names that Windows reserves for devices, and characters that it treats as separators or streams. */
const reservedName = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
const unsafeCharacter = /[\\:*?"<>|\p{Cc}]/u;

/** A file to write: its path relative to a folder, with slashes. */
export interface FileInside {
  readonly path: string;
  readonly bytes: Uint8Array | string;
}

/**
 * Writes a file and the folders above it. A complete file replaces an earlier one at once.
 * @throws Failure for a path that leaves the folder, on any system, and if one of its parts is a symbolic link.
 */
export async function writeInside(folder: string, path: string, bytes: Uint8Array | string): Promise<void> {
  await writeAllInside(folder, [{ path, bytes }]);
}

/** Writes a new file. Fails if it exists. */
type WriteNew = (file: string, bytes: FileInside["bytes"], options: { readonly flag: "wx" }) => Promise<void>;

/**
 * Writes several files as `writeInside`. No file is replaced before all are written, so an error, for example of a full disk,
 * leaves the earlier ones. Creates the folder.
 */
export async function writeAllInside(
  folder: string,
  files: readonly FileInside[],
  write: WriteNew = writeFile,
): Promise<void> {
  const begun: { readonly temporary: string; readonly target: string }[] = [];
  let current = folder;
  const deleteBegun = () => {
    for (const { temporary } of begun) deleteIfPossible(temporary);
  };
  // Also if the command is interrupted.
  process.once("exit", deleteBegun);
  try {
    for (const { path, bytes } of files) {
      const parts = path.split("/");
      const target = join(folder, ...parts);
      if (isAbsolute(path) || !parts.every(isSafeName)) {
        throw new Failure(`${path} is not a path below ${folder}, so it is not written.`);
      }
      current = target;
      refuseLinks(folder, parts);
      makeFolder(dirname(target));
      const temporary = join(dirname(target), `.${randomUUID()}.part`);
      begun.push({ temporary, target });
      // Not into the file itself, which another program may replace by a link.
      await write(temporary, bytes, { flag: "wx" });
    }
    for (const { temporary, target } of begun) await rename(temporary, target);
  } catch (error) {
    deleteBegun();
    if (error instanceof Failure) throw error;
    throw new Failure(`${current} cannot be written: ${whyNotWritten(error)}. Choose another folder with --out DIR.`);
  } finally {
    process.off("exit", deleteBegun);
  }
}

function deleteIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The error that is reported is the one that came before.
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
