/** Tests a full disk: one clear message, no stack, and no half-written file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceStateFile, whyNotWritten, withDiskReason } from "../../trainer/disk.ts";
import { describe as describeError, Failure } from "../../trainer/failure.ts";
import { openState } from "../../trainer/local/state.ts";
import { writeAllInside } from "../../trainer/write-inside.ts";

/** A write to a full disk stores half of the bytes and fails, as in the operating system. */
function fill(file: string, data: string | Uint8Array, code = "ENOSPC"): never {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  writeFileSync(file, bytes.slice(0, bytes.length / 2));
  throw full(code);
}

const full = (code: string) => Object.assign(new Error(`${code}: no space left on device, write`), { code });

/** Returns a function that writes files. From the write number `from` on, the disk is full. */
function writingUntil(from: number) {
  let writes = 0;
  return async (file: string, data: string | Uint8Array) =>
    writes++ < from ? writeFileSync(file, data) : fill(file, data);
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "almanac-disk-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contents = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "utf8")]),
  );

/** The four files of an export. */
const exported = (content: string) =>
  ["model.onnx", "card.json", "rows.csv", "train.csv"].map((path) => ({ path, bytes: content }));

test.each([0, 1, 2, 3])(
  "an export whose write number %i finds the disk full leaves the earlier export whole",
  async (write) => {
    await writeAllInside(folder, exported("before"));
    const written = writeAllInside(folder, exported("after, and longer"), writingUntil(write));
    await expect(written).rejects.toThrow(Failure);
    await expect(written).rejects.toThrow(
      new RegExp(
        `${exported("")[write]?.path} cannot be written: the disk is full. Choose another folder with --out DIR.$`,
      ),
    );
    expect(contents()).toEqual(Object.fromEntries(exported("before").map(({ path, bytes }) => [path, bytes])));
    await writeAllInside(folder, exported("after"));
    expect(contents()["train.csv"]).toBe("after");
  },
);

test("a copy of the lake to a full disk creates folders, but no part of a file", async () => {
  const file = { path: "year=2025/part.parquet", bytes: "0123456789" };
  const copied = writeAllInside(folder, [file], writingUntil(0));
  await expect(copied).rejects.toThrow("part.parquet cannot be written: the disk is full.");
  expect(contents()).toEqual({});
});

test("a state folder on a full disk is refused with the reason, and the attempt leaves no file", () => {
  symlinkSync("/dev/full", join(folder, ".write-test"));
  expect(() => openState(folder)).toThrow(`The state folder ${folder} cannot be used: the disk is full.`);
  expect(contents()).toEqual({});
});

test("a file of the state folder that cannot be replaced keeps its content", () => {
  const file = join(folder, "owner.pid");
  replaceStateFile(file, "1");
  const write = (code: string) => (to: string, text: string) => fill(to, text, code);
  expect(() => replaceStateFile(file, "22", write("EDQUOT"))).toThrow(
    "owner.pid cannot be written: the disk quota is used up.",
  );
  expect(() => replaceStateFile(file, "22", write("ENOSPC"))).toThrow(
    "owner.pid cannot be written: the disk is full. Free some space, or choose another folder with --state DIR.",
  );
  expect(contents()).toEqual({ "owner.pid": "1" });
});

test("any other write to a full disk ends a command with one message and without a stack", () => {
  expect(describeError(full("ENOSPC"))).toBe(
    "The disk is full (ENOSPC: no space left on device, write). Free some space, then run the command again.",
  );
});

test("an error of a start on a full disk becomes a message about the disk, and other errors stay", () => {
  const ended = new Failure("The Workers ended unexpectedly.");
  expect(withDiskReason(folder, ended, 999_999)).toMatchObject({
    message: expect.stringContaining(`The disk with the state folder ${folder} is full, so the platform stopped.`),
  });
  expect(withDiskReason(folder, ended, 1_000_000)).toBe(ended);
  expect(withDiskReason(folder, ended, null)).toBe(ended);
  expect(withDiskReason(join(folder, "missing"), ended)).toBe(ended);
});

test("codes of the file system are explained, and unknown ones are shown", () => {
  const reasons = ["EACCES", "EROFS", "ENOTDIR", "EISDIR"].map((code) =>
    whyNotWritten(Object.assign(new Error(""), { code })),
  );
  expect(reasons).toEqual([
    "permission denied",
    "it is read-only",
    "a file with this name exists",
    "a folder with this name exists",
  ]);
  expect(whyNotWritten(Object.assign(new Error("EIO: i/o error"), { code: "EIO" }))).toBe("EIO: i/o error");
});
