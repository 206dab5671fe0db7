/** Tests a full disk: one clear message, no stack, and no half-written file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { replaceStateFile, whyNotWritten, withDiskReason } from "../../trainer/disk.ts";
import { describe as describeError, Failure } from "../../trainer/failure.ts";
import { openState, readSettings, writeHub } from "../../trainer/local/state.ts";
import { writeAllInside } from "../../trainer/write-inside.ts";

/** From this write on the disk is full: a write stores half of its bytes and fails, as in the operating system. */
const disk = vi.hoisted(() => ({ fullFrom: Number.POSITIVE_INFINITY, writes: 0, code: "ENOSPC" }));

function half(data: unknown): Uint8Array {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : (data as Uint8Array);
  return bytes.slice(0, bytes.length / 2);
}

const full = () => Object.assign(new Error(`${disk.code}: no space left on device, write`), { code: disk.code });

vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const writeFileSync: typeof real.writeFileSync = (file, data, options) => {
    if (disk.writes++ < disk.fullFrom) return real.writeFileSync(file, data, options);
    real.writeFileSync(file, half(data), options);
    throw full();
  };
  return { ...real, default: { ...real, writeFileSync }, writeFileSync };
});

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const writeFile: typeof real.writeFile = async (file, data, options) => {
    if (disk.writes++ < disk.fullFrom) return real.writeFile(file, data, options);
    await real.writeFile(file, half(data), options);
    throw full();
  };
  return { ...real, default: { ...real, writeFile }, writeFile };
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "almanac-disk-"));
  Object.assign(disk, { fullFrom: Number.POSITIVE_INFINITY, writes: 0, code: "ENOSPC" });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fullFrom = (write: number) => Object.assign(disk, { fullFrom: write, writes: 0 });
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
    fullFrom(write);
    const written = writeAllInside(folder, exported("after, and longer"));
    await expect(written).rejects.toThrow(Failure);
    await expect(written).rejects.toThrow(
      new RegExp(
        `${exported("")[write]?.path} cannot be written: the disk is full. Choose another folder with --out DIR.$`,
      ),
    );
    expect(contents()).toEqual(Object.fromEntries(exported("before").map(({ path, bytes }) => [path, bytes])));
    fullFrom(Number.POSITIVE_INFINITY);
    await writeAllInside(folder, exported("after"));
    expect(contents()["train.csv"]).toBe("after");
  },
);

test("a copy of the lake to a full disk creates folders, but no part of a file", async () => {
  fullFrom(0);
  const copied = writeAllInside(folder, [{ path: "year=2025/part.parquet", bytes: "0123456789" }]);
  await expect(copied).rejects.toThrow("part.parquet cannot be written: the disk is full.");
  expect(contents()).toEqual({});
});

test("a state folder on a full disk is refused with the reason, and the attempt leaves no file", () => {
  fullFrom(0);
  expect(() => openState(folder)).toThrow(`The state folder ${folder} cannot be used: the disk is full.`);
  expect(contents()).toEqual({});
});

test("settings, and the address of the hub, are written whole or not at all", () => {
  fullFrom(0);
  expect(() => readSettings(folder, "2024-01-01")).toThrow(
    `${join(folder, "settings.json")} cannot be written: the disk is full. Free some space, or choose another folder with --state DIR.`,
  );
  expect(contents()).toEqual({});
  fullFrom(Number.POSITIVE_INFINITY);
  const settings = readSettings(folder, "2024-01-01");
  expect(readSettings(folder, "2025-01-01")).toEqual(settings);
  const before = contents();
  fullFrom(0);
  expect(() => writeHub(folder, { url: "http://hub.test", token: "t", pid: 1 })).toThrow(Failure);
  expect(contents()).toEqual(before);
});

test("a file of the state folder that cannot be replaced keeps its content", () => {
  const file = join(folder, "owner.pid");
  replaceStateFile(file, "1");
  Object.assign(disk, { fullFrom: 0, writes: 0, code: "EDQUOT" });
  expect(() => replaceStateFile(file, "22")).toThrow("owner.pid cannot be written: the disk quota is used up.");
  expect(contents()).toEqual({ "owner.pid": "1" });
});

test("any other write to a full disk ends a command with one message and without a stack", () => {
  fullFrom(0);
  try {
    writeFileSync(join(folder, "other"), "text");
    expect.unreachable("the disk is full");
  } catch (error) {
    expect(describeError(error)).toBe(
      "The disk is full (ENOSPC: no space left on device, write). Free some space, then run the command again.",
    );
  }
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
