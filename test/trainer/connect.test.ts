import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { copyLake } from "../../trainer/commands/lake.ts";
import { connect } from "../../trainer/connect.ts";
import { Failure } from "../../trainer/failure.ts";
import { forgetHub, writeHub } from "../../trainer/local/state.ts";

const emptyFolder = () => mkdtempSync(join(tmpdir(), "almanac-connect-"));

test("a named state folder without a running hub is rejected, not replaced by the hub on the default port", () => {
  const state = emptyFolder();
  expect(() => connect({ state })).toThrow(Failure);
  expect(() => connect({ state })).toThrow(`No hub runs on ${state}`);
  expect(connect({ state, url: "http://127.0.0.1:9/" }).url).toBe("http://127.0.0.1:9");
  expect(connect({ state: ".almanac" }).url).toMatch(/^http/);
  onTestFinished(() => forgetHub(state));
  writeHub(state, { url: "http://127.0.0.1:7", token: "t", pid: process.pid });
  expect(connect({ state }).url).toBe("http://127.0.0.1:7");
});

test("a lake cannot be copied to a path that is a file, and the message names the path", async () => {
  const out = join(emptyFolder(), "file");
  writeFileSync(out, "");
  await expect(copyLake("sniim-milk", { out, url: "http://127.0.0.1:9" })).rejects.toThrow(
    `The folder ${out} cannot be written`,
  );
});
