/** The state folder of a local platform: its settings, the process that owns it and the address of its hub. */
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { parseJson } from "../../shared/lib/parse-json.ts";
import { codeOf, Failure } from "../failure.ts";

const hubShape = z.object({ url: z.string(), token: z.string(), pid: z.number() });
const settingsShape = z.object({ seed: z.string(), firstDay: z.string(), token: z.string() });

export type RunningHub = z.infer<typeof hubShape>;
export type Settings = z.infer<typeof settingsShape>;

export const defaultState = ".almanac";

/** Creates the folder. @throws Failure with the reason if it cannot be used. */
export function openState(folder: string): string {
  const path = resolve(folder);
  try {
    mkdirSync(join(path, "state"), { recursive: true });
    writeFileSync(join(path, ".write-test"), "");
    rmSync(join(path, ".write-test"));
  } catch (error) {
    const why = {
      EACCES: "permission denied",
      EROFS: "it is read-only",
      ENOTDIR: "a file with this name exists",
      EEXIST: "a file with this name exists",
      ENOSPC: "the disk is full",
    }[codeOf(error)];
    throw new Failure(
      `The state folder ${path} cannot be used: ${why ?? String(error)}. Choose another with --state DIR.`,
    );
  }
  return path;
}

/** Locks the folder for this process until `releaseState`. @throws Failure if another live process has locked it. */
export function claimState(path: string): void {
  const file = ownerFile(path);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, String(process.pid));
  try {
    while (!linkIfAbsent(temporary, file)) {
      const pid = ownerOf(path);
      if (pid !== null && pid !== process.pid && isAlive(pid)) {
        const at = readHub(path)?.url;
        throw new Failure(
          `Almanac already runs on ${path}${at === undefined ? "" : ` at ${at}`} (process ${pid}). Stop it, or choose another ` +
            `folder with --state DIR. If process ${pid} is another program, delete ${file}.`,
        );
      }
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(temporary, { force: true });
  }
  // Remove the address of a process that was killed.
  forgetHub(path);
}

/** Unlocks the folder if this process has locked it. */
export function releaseState(path: string): void {
  if (ownerOf(path) === process.pid) rmSync(ownerFile(path), { force: true });
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

/** Creates a second name of a complete file atomically. Returns false if the name exists. */
function linkIfAbsent(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

export function readHub(path: string): RunningHub | null {
  return readJson(join(path, "hub.json"), hubShape);
}

/** Records the hub's address and token in the folder, and by address in the user's cache folder. */
export function writeHub(path: string, hub: RunningHub): void {
  writeFileSync(join(path, "hub.json"), JSON.stringify(hub), { mode: 0o600 });
  try {
    mkdirSync(hubsOfUser(), { recursive: true, mode: 0o700 });
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
  const stored = readJson(file, settingsShape);
  if (stored) return stored;
  const settings = { seed: "almanac", firstDay, token: randomBytes(24).toString("base64url") };
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

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
