/** Tests the messages of commands: advice for the command, not for the caller of the API. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openHub } from "../../trainer/hub.ts";
import { readPublication } from "../../trainer/read-publication.ts";

test("an empty file is named and refused before it is sent", async () => {
  const folder = mkdtempSync(join(tmpdir(), "almanac-empty-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "Daily.csv");
  writeFileSync(file, "");
  await expect(readPublication(file)).rejects.toThrow(`${file} is empty (0 bytes). Download or export it again.`);
  writeFileSync(file, "x");
  expect(await readPublication(file)).toHaveLength(1);
});

test.each([
  [undefined, "requires its token"],
  ["wrong", "rejected the token"],
])("a 401 of the hub with the token %s names the variable of the token, and no header", async (token, found) => {
  const detail = "Send the token as: Authorization: Bearer <token>";
  const body = { type: "urn:almanac:problem:unauthorized", title: "Unauthorized", status: 401, detail };
  const send = async () =>
    Response.json(body, { status: 401, headers: { "Content-Type": "application/problem+json" } });
  const hub = openHub({ url: "http://hub.test", token, send });
  const call = hub.api.listFeeds();
  await expect(call).rejects.toThrow(
    `The hub at http://hub.test ${found}. Set ALMANAC_TOKEN to the ADMIN_TOKEN of that hub.`,
  );
  await expect(call).rejects.not.toThrow("Bearer");
});
