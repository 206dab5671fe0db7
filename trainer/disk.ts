/** Writes files so that a full disk leaves no half-written file, and explains errors of the file system. */

import { randomUUID } from "node:crypto";
import { renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { messageOf } from "../shared/lib/error-reason.ts";
import { codeOf, Failure } from "./failure.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is read-only",
  ENOTDIR: "a file with this name exists",
  EEXIST: "a file with this name exists",
  EISDIR: "a folder with this name exists",
  ENOENT: "it cannot be created there",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
};

/** Returns why a file or folder cannot be written, for people. */
export function whyNotWritten(error: unknown): string {
  return reasons[codeOf(error)] ?? messageOf(error);
}

/** Writes a new file. Fails if it exists. */
type WriteNew = (file: string, text: string, options: { readonly mode: number; readonly flag: "wx" }) => void;

/**
 * Replaces a file of the state folder at once: after an error the earlier file is unchanged.
 * @throws Failure with the reason
 */
export function replaceStateFile(file: string, text: string, write: WriteNew = writeFileSync): void {
  const temporary = `${file}.${randomUUID()}.part`;
  try {
    write(temporary, text, { mode: 0o600, flag: "wx" });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Failure(
      `${file} cannot be written: ${whyNotWritten(error)}. Free some space, or choose another folder with --state DIR.`,
    );
  }
}

/** With less free space the simulators stop: a database grows by several pages at once. */
const freeBytesMin = 1_000_000;

/** Returns the free space of the disk with a folder, in bytes; null if the system does not state it. */
function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Returns a failure about the full disk if the disk with the state folder is full, and otherwise the error itself. */
export function withDiskReason(state: string, error: unknown, free: number | null = freeBytes(state)): unknown {
  if (free === null || free >= freeBytesMin) return error;
  return new Failure(
    `The disk with the state folder ${state} is full, so the platform stopped. Free some space, then start again. Nothing that was stored is lost.`,
  );
}
