import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claimState, readHub, releaseState, writeHub } from "../../../trainer/local/state.ts";

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
  expect(readdirSync(folder)).toEqual(["owner.pid"]);

  rmSync(join(folder, "owner.pid"));
  claimState(folder);
  expect(readdirSync(folder)).toEqual(["owner.pid"]);
  releaseState(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of a killed process is taken over, and the address of its hub is removed", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "owner.pid"), String(unusedPid));
  writeHub(folder, { url: "http://127.0.0.1:9", token: "t", pid: unusedPid });
  claimState(folder);
  expect(readHub(folder)).toBeNull();
  expect(existsSync(join(folder, "owner.pid"))).toBe(true);
});
