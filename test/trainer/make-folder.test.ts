import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { makeFolder, makeOutFolder } from "../../trainer/make-folder.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "almanac-make-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a folder and those above it are created with their mode, and an existing one stays", () => {
  const path = join(folder, "a", "b", "c");
  makeFolder(path, 0o700);
  makeFolder(path, 0o700);
  for (const one of [path, join(folder, "a")]) expect(statSync(one).mode & 0o777).toBe(0o700);
  expect(makeOutFolder(join(folder, "a", "..", "out"))).toBe(join(folder, "out"));
});

test("a file in the way is named with the reason", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below", "it")])
    expect(() => makeOutFolder(path)).toThrow(`The folder ${path} cannot be written: a file with this name exists.`);
});

test("a file system that refuses new folders is an error, where Node's own recursion never ends", async () => {
  const script = `import { makeOutFolder } from "./trainer/make-folder.ts";
    try { makeOutFolder("/proc/almanac/a"); } catch (error) { console.log(error.message); }`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { timeout: 20_000 });
  expect(stdout).toMatch(/^The folder \/proc\/almanac\/a cannot be written: .*\. Choose another with --out DIR\.$/m);
});
