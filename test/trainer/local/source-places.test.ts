import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { sourcePlaces } from "../../../trainer/local/source-places.ts";

test("stack traces of running and of failed Workers name source lines; other text is unchanged", () => {
  const root = mkdtempSync(join(tmpdir(), "almanac clône-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, ".wrangler", "bundles", "0123", "predict");
  mkdirSync(folder, { recursive: true });
  // Line 1 of the bundle is line 1 of the source, line 2 is line 3: VLQ of (0, 0, 0, 0), then (0, 0, 2, 0).
  const map = { version: 3, sources: ["../../../../workers/predict/app.ts"], names: [], mappings: "AAAA;AAEA" };
  writeFileSync(join(folder, "index.js.map"), JSON.stringify(map));
  const translate = sourcePlaces([join(root, ".wrangler", "bundles", "0123", "hub"), folder], root);

  expect(translate(`Error: x\n    at f (${pathToFileURL(join(folder, "index.js"))}:2:1)`)).toBe(
    "Error: x\n    at f (workers/predict/app.ts:3:1)",
  );
  expect(translate("service core:user:almanac-predict: Uncaught Error: x\n  at index.js:1:1")).toBe(
    "service core:user:almanac-predict: Uncaught Error: x\n  at workers/predict/app.ts:1:1",
  );
  const others = [
    "at index.js:1:1",
    "at file:///elsewhere/index.js:1:1",
    "almanac-hub at index.js:1:1",
    "snapshot milk-mx",
  ];
  expect(others.map(translate)).toEqual(others);
});
