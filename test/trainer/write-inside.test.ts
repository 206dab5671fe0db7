import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSuccessList } from "../../trainer/lake.ts";
import { writeInside } from "../../trainer/write-inside.ts";

/** Returns an output folder and a folder beside it. */
function folders(): { readonly out: string; readonly outside: string } {
  const parent = mkdtempSync(join(tmpdir(), "almanac-out-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const [out, outside] = [join(parent, "out"), join(parent, "outside")];
  mkdirSync(out);
  mkdirSync(outside);
  return { out, outside };
}

const hostilePaths = [
  "../outside/a",
  "a/../../outside/a",
  "/tmp/almanac-absolute",
  "..\\outside\\a",
  "C:\\a",
  "c:a",
  "a//b",
  "./a",
  "",
  "CON",
  "nul.parquet",
  "a/LPT1/b",
  "a. ",
  "a.",
  "a:stream",
  "a\u0000b",
];

test.each(hostilePaths)("the path %j is refused and nothing is written", async (path) => {
  const { out, outside } = folders();
  await expect(writeInside(out, path, "x")).rejects.toThrow("so it is not written");
  expect([readdirSync(out), readdirSync(outside)]).toEqual([[], []]);
});

test("a link in the folder is not followed, neither as a folder nor as a file", async () => {
  const { out, outside } = folders();
  const victim = join(outside, "victim");
  writeFileSync(victim, "before");
  symlinkSync(outside, join(out, "year=2025"));
  symlinkSync(victim, join(out, "_SUCCESS"));
  symlinkSync(join(outside, "new"), join(out, "dangling"));
  for (const path of ["year=2025/part.parquet", "_SUCCESS", "dangling"]) {
    await expect(writeInside(out, path, "after")).rejects.toThrow("is a symbolic link");
  }
  expect([readFileSync(victim, "utf8"), readdirSync(outside)]).toEqual(["before", ["victim"]]);
});

test("a file below new folders is written, replaced, and leaves no temporary file", async () => {
  const { out } = folders();
  await writeInside(out, "year=2025/month=01/part.parquet", "first");
  await writeInside(out, "year=2025/month=01/part.parquet", "second");
  expect(readFileSync(join(out, "year=2025", "month=01", "part.parquet"), "utf8")).toBe("second");
  expect(readdirSync(join(out, "year=2025", "month=01"))).toEqual(["part.parquet"]);
  writeFileSync(join(out, "file"), "");
  await expect(writeInside(out, "file/part.parquet", "x")).rejects.toThrow("Choose another folder with --out DIR.");
  expect(existsSync(join(out, "file", "part.parquet"))).toBe(false);
});

const listOf = (paths: readonly string[], feed = "f") =>
  new TextEncoder().encode(
    JSON.stringify({
      feed,
      columns: [],
      rows: 0,
      partitions: paths.map((path) => ({ path, rows: 0, sha256: "", etag: "" })),
    }),
  );

test.each([...hostilePaths, "year=2025/../part.parquet", "_SUCCESS", "year=2025/month=01/evil.sh"])(
  "a server's list with the file %j is refused",
  (path) => {
    expect(() => readSuccessList("f", listOf([path]))).toThrow("expected year=YYYY/…/part.parquet");
  },
);

test("a list that is another feed's, names a file twice or is no list is refused with the reason", () => {
  const path = "year=2025/month=01/day=03/part.parquet";
  expect(readSuccessList("f", listOf([path])).partitions).toHaveLength(1);
  expect(() => readSuccessList("f", listOf([path, path]))).toThrow("it names a file twice");
  expect(() => readSuccessList("f", listOf([path], "g"))).toThrow("it is the list of g");
  expect(() => readSuccessList("f", new TextEncoder().encode("<html>"))).toThrow("The hub's list of the lake of f");
  expect(() => readSuccessList("f", new TextEncoder().encode("{}"))).toThrow("The hub's list of the lake of f");
});
