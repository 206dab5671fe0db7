import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claimState, openState, readHub, readSettings, releaseState, writeHub } from "../../../trainer/local/state.ts";

/** Not a process: larger than any id on Linux and macOS. */
const unusedPid = 2 ** 30;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "almanac-state-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a state folder is locked for one process until its release, also before its hub is ready", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "owner.pid"), String(process.ppid));
  expect(() => claimState(folder)).toThrow(
    `process ${process.ppid}). Stop it, or choose another folder with --state DIR.`,
  );
  releaseState(folder);
  expect(readdirSync(folder)).toContain("owner.pid");

  rmSync(join(folder, "owner.pid"));
  claimState(folder);
  expect(readFileSync(join(folder, "owner.pid"), "utf8")).toBe(String(process.pid));
  releaseState(folder);
  expect(readdirSync(folder)).toEqual(["owner.lock"]);
});

/** Claims a folder in a process of its own, prints the outcome and holds the lock until its input ends. */
const claiming = `
  const { claimState } = await import(${JSON.stringify(new URL("../../../trainer/local/state.ts", import.meta.url).href)});
  await new Promise((resolve) => process.stdin.once("data", resolve));
  try { claimState(process.argv[1]); console.log("owner"); } catch (error) { console.log(error.message.slice(0, 20)); }
  process.stdin.resume();
`;

test("of processes that start on one folder at once, exactly one owns it, also after a killed owner", async () => {
  const folder = newFolder();
  for (const round of ["a new folder", "after a killed owner"]) {
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", claiming, folder], { stdio: ["pipe", "pipe", "inherit"] }),
    );
    onTestFinished(() => children.forEach((child) => void child.kill("SIGKILL")));
    const printed = children.map(async ({ stdout }) => String((await once(stdout, "data"))[0]).trim());
    for (const { stdin } of children) stdin.write("go\n");
    const outcomes = await Promise.all(printed);
    expect([round, outcomes.sort()]).toEqual([
      round,
      [...Array.from({ length: 3 }, () => "Almanac already runs"), "owner"],
    ]);
    // Like after a power cut, the lock is not released, and the process id remains in the folder.
    const ended = children.map((child) => once(child, "exit"));
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ended);
    expect(existsSync(join(folder, "owner.pid"))).toBe(true);
  }
});

test("only this user can read the folder and its files, also after an earlier version wrote them for everyone", () => {
  const folder = newFolder();
  mkdirSync(join(folder, "state", "v3"), { recursive: true });
  const files = ["settings.json", "hub.json", "workers.log", join("state", "v3", "db.sqlite")];
  for (const file of files) writeFileSync(join(folder, file), "");
  writeFileSync(join(folder, "notes.txt"), "of a person");
  const modeOf = (file: string) => (statSync(join(folder, file)).mode & 0o777).toString(8);
  for (const path of [...files, "notes.txt"]) chmodSync(join(folder, path), 0o644);
  for (const path of ["", "state", join("state", "v3")]) chmodSync(join(folder, path), 0o755);
  openState(folder);
  expect(["", "state", join("state", "v3")].map(modeOf)).toEqual(["700", "700", "700"]);
  expect(files.map(modeOf)).toEqual(files.map(() => "600"));
  expect(modeOf("notes.txt")).toBe("644");
});

test("the lock of a killed process is taken over, and the address of its hub is removed", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "owner.pid"), String(unusedPid));
  writeHub(folder, { url: "http://127.0.0.1:9", token: "t", pid: unusedPid });
  claimState(folder);
  expect(readHub(folder)).toBeNull();
  expect(existsSync(join(folder, "owner.pid"))).toBe(true);
});

test("a state folder of an earlier version gets a personal token once, and its other settings stay", () => {
  const folder = newFolder();
  const earlier = { seed: "s", firstDay: "2024-11-01", token: "t" };
  writeFileSync(join(folder, "settings.json"), JSON.stringify(earlier));
  const settings = readSettings(folder, "2025-01-01");
  expect(settings).toEqual({ ...earlier, personalToken: expect.stringMatching(/^[\w-]{32}$/) });
  expect(readSettings(folder, "2026-01-01")).toEqual(settings);
  const fresh = readSettings(newFolder(), "2025-01-01");
  expect(fresh.personalToken).not.toBe(fresh.token);
});
