/** The state folder of a local platform: its settings, the process that owns it and the address of its hub. */

import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { messageOf } from "../../shared/lib/error-reason.ts";
import { parseJson } from "../../shared/lib/parse-json.ts";
import { replaceStateFile, whyNotWritten } from "../disk.ts";
import { codeOf, Failure } from "../failure.ts";
import { makeFolder } from "../make-folder.ts";

const hubShape = z.object({
  url: z.string(),
  token: z.string(),
  /** Files of earlier versions omit it. */
  personalToken: z.string().optional(),
  pid: z.number(),
});
const settingsShape = z.object({
  seed: z.string(),
  firstDay: z.string(),
  /** First days of single feeds, by their id. */
  firstDays: z.record(z.string(), z.string()).exactOptional(),
  token: z.string(),
  personalToken: z.string(),
});
/** Settings of an earlier version have no personal token. */
const storedSettingsShape = settingsShape.partial({ personalToken: true });

export type RunningHub = z.infer<typeof hubShape>;
export type Settings = z.infer<typeof settingsShape>;

export const defaultState = ".almanac";

/** Returns the option that names a state folder, after `before`; an empty text for the default folder. */
export function stateOption(state: string, before = ""): string {
  return resolve(state) === resolve(defaultState) ? "" : `${before} --state ${state}`;
}

/** Creates the folder so that only this user can read it, and corrects an existing one. @throws Failure with the reason if it cannot be used. */
export function openState(folder: string): string {
  const path = resolve(folder);
  try {
    makeFolder(join(path, "state"), 0o700);
    checkWritable(join(path, ".write-test"));
    restrict(path);
  } catch (error) {
    throw new Failure(
      `The state folder ${path} cannot be used: ${whyNotWritten(error)}. Choose another with --state DIR.`,
    );
  }
  return path;
}

/** A full disk accepts an empty file, so the test writes as much as a small database needs. */
const testBytes = 1_000_000;

function checkWritable(file: string): void {
  try {
    writeFileSync(file, new Uint8Array(testBytes));
  } finally {
    rmSync(file, { force: true });
  }
}

/** What the platform writes into the folder. Other files there, for example of a person, are not changed. */
const ownEntries = /^(state|examples|settings\.json|hub\.json|owner\.(pid|lock)|(workers|migrations)\.log)$/;

/** Sets the folder to mode 0700 and everything in it that the platform wrote to 0600, folders to 0700. */
function restrict(path: string): void {
  setMode(path, 0o700);
  for (const name of readdirSync(path)) if (ownEntries.test(name)) restrictBelow(join(path, name));
}

function restrictBelow(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // A simulator may have deleted the file meanwhile. The target of a link may be outside the folder.
  if (stat === undefined || stat.isSymbolicLink()) return;
  setMode(path, stat.isDirectory() ? 0o700 : 0o600);
  if (stat.isDirectory()) for (const name of readdirSync(path)) restrictBelow(join(path, name));
}

/** Changes the mode if it differs. Windows has no such modes, and the files of another user cannot be changed. */
function setMode(path: string, mode: number): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || (stat.mode & 0o777) === mode || stat.uid !== process.getuid?.()) return;
  chmodSync(path, mode);
}

/** Locks of this process, by folder. */
const locks = new Map<string, DatabaseSync>();

/**
 * Locks the folder for this process until `releaseState`. SQLite locks a file by the operating system, which releases the
 * lock of a killed process, so two processes never have it. @throws Failure if another live process has locked the folder.
 */
export function claimState(path: string): void {
  const lock = new DatabaseSync(lockFile(path));
  try {
    lock.exec("BEGIN EXCLUSIVE");
    // A version from before the lock only writes its process id.
    const pid = ownerOf(path);
    if (pid !== null && pid !== process.pid && isAlive(pid)) throw new Error(`process ${pid} runs`);
  } catch (error) {
    lock.close();
    throw new Failure(claimedText(path, error));
  }
  locks.set(path, lock);
  replaceStateFile(ownerFile(path), String(process.pid));
  // Remove the address of a process that was killed.
  forgetHub(path);
}

function claimedText(path: string, error: unknown): string {
  const pid = ownerOf(path);
  const at = readHub(path)?.url;
  if (pid === null && !String(error).includes("locked")) {
    return `The state folder ${path} cannot be locked: ${messageOf(error)}. Choose another with --state DIR.`;
  }
  const program = pid === null ? "another process" : `process ${pid}`;
  return (
    `Almanac already runs on ${path}${at === undefined ? "" : ` at ${at}`} (${program}). Stop it, or choose another ` +
    `folder with --state DIR. If ${program} is another program, delete ${ownerFile(path)}.`
  );
}

/** Unlocks the folder if this process has locked it. */
export function releaseState(path: string): void {
  const lock = locks.get(path);
  if (lock === undefined) return;
  rmSync(ownerFile(path), { force: true });
  locks.delete(path);
  // The file is not deleted: another process may have opened it, and would then lock a file that no later process finds.
  lock.close();
}

function lockFile(path: string): string {
  return join(path, "owner.lock");
}

function ownerFile(path: string): string {
  return join(path, "owner.pid");
}

function ownerOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(ownerFile(path), "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

export function readHub(path: string): RunningHub | null {
  return readJson(join(path, "hub.json"), hubShape);
}

/** Records the hub's address and token in the folder, and by address in the user's cache folder. */
export function writeHub(path: string, hub: RunningHub): void {
  replaceStateFile(join(path, "hub.json"), JSON.stringify(hub));
  try {
    makeFolder(hubsOfUser(), 0o700);
    setMode(hubsOfUser(), 0o700);
    writeFileSync(fileOfAddress(hub.url), JSON.stringify(hub), { mode: 0o600 });
  } catch {
    // Without a home folder the commands still find the hub by its state folder.
  }
}

/** Returns the running hub that this user started at an address with any state folder; null if there is none. */
export function findHub(url: string): RunningHub | null {
  const hub = readJson(fileOfAddress(url), hubShape);
  return hub && hub.url === url && isAlive(hub.pid) ? hub : null;
}

export function forgetHub(path: string): void {
  const hub = readHub(path);
  // Another platform may use the address now.
  if (hub && readJson(fileOfAddress(hub.url), hubShape)?.pid === hub.pid)
    rmSync(fileOfAddress(hub.url), { force: true });
  rmSync(join(path, "hub.json"), { force: true });
}

function hubsOfUser(): string {
  return join(homedir(), ".cache", "almanac", "hubs");
}

function fileOfAddress(url: string): string {
  return join(hubsOfUser(), `${url.replaceAll(/[^A-Za-z0-9.]+/g, "-")}.json`);
}

/** Returns the settings of the simulation. They are chosen at the first start and stored. */
export function readSettings(path: string, firstDay: string): Settings {
  const file = join(path, "settings.json");
  const stored = readJson(file, storedSettingsShape) ?? { seed: "almanac", firstDay, token: newToken() };
  const { personalToken } = stored;
  if (personalToken !== undefined) return { ...stored, personalToken };
  const settings = { ...stored, personalToken: newToken() };
  replaceStateFile(file, JSON.stringify(settings));
  return settings;
}

const newToken = () => randomBytes(24).toString("base64url");

function readJson<T>(file: string, shape: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  const json = parseJson(text);
  const parsed = shape.safeParse(json.ok ? json.value : null);
  if (parsed.success) return parsed.data;
  throw new Failure(`${file} is damaged. Delete it, or choose another folder with --state DIR.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
