import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withFasterGrowth } from "../../../trainer/local/miniflare-growth.ts";
import { workerOptions } from "../../../trainer/local/worker-options.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a project with one variable and two cron triggers, and a folder for its bundle. */
function project(name: string): { readonly config: string; readonly bundle: string } {
  const bundle = join(folder, name, "bundle");
  mkdirSync(bundle, { recursive: true });
  const config = join(folder, name, "wrangler.toml");
  writeFileSync(
    config,
    `name = "one"\nmain = "index.ts"\ncompatibility_date = "2026-11-02"\n[vars]\nLIMIT = "5"\n[triggers]\ncrons = ["7 * * * *", "*/15 * * * *"]\n`,
  );
  return { config, bundle };
}

test("the options of a Worker are read once for each bundle", async () => {
  const { config, bundle } = project("plain");
  const first = await workerOptions(config, bundle);
  expect(first).toMatchObject({
    name: "one",
    crons: ["7 * * * *", "*/15 * * * *"],
    options: { bindings: { LIMIT: "5" }, compatibilityDate: "2026-11-02", rootPath: join(folder, "plain") },
  });
  // Another text of the configuration has another bundle.
  writeFileSync(config, "name = ");
  expect(await workerOptions(config, bundle)).toEqual(first);
});

test("a cache that cannot be read is replaced", async () => {
  const { config, bundle } = project("damaged");
  writeFileSync(join(bundle, "options.json"), '{"name": "on');
  expect(await workerOptions(config, bundle)).toMatchObject({ name: "one", options: { bindings: { LIMIT: "5" } } });
  expect(JSON.parse(readFileSync(join(bundle, "options.json"), "utf8"))).toMatchObject({ name: "one" });
});

test("a developer's variables are used and never stored", async () => {
  const { config, bundle } = project("secret");
  writeFileSync(join(folder, "secret", ".dev.vars"), "PREDICT_TOKEN=secret-1\n");
  expect(await workerOptions(config, bundle)).toMatchObject({ options: { bindings: { PREDICT_TOKEN: "secret-1" } } });
  writeFileSync(join(folder, "secret", ".dev.vars"), "PREDICT_TOKEN=secret-2\n");
  expect(await workerOptions(config, bundle)).toMatchObject({ options: { bindings: { PREDICT_TOKEN: "secret-2" } } });
  expect(existsSync(join(bundle, "options.json"))).toBe(false);
});

test("the installed miniflare has the step of its buffer that a start enlarges", () => {
  const source = readFileSync(createRequire(import.meta.url).resolve("miniflare"), "utf8");
  const faster = withFasterGrowth(source);
  expect(faster).not.toBe(source);
  expect(faster.replace("GROWTH = 4194304;", "GROWTH = 4096;")).toBe(source);
});

test("no module of the local platform imports miniflare before its buffer has larger steps", () => {
  const files = globSync("trainer/**/*.ts");
  expect(files).toContain("trainer/local/runtime.ts");
  const isStatic = /^import (?!type\b).* from "miniflare";$/m;
  expect(files.filter((file) => isStatic.test(readFileSync(file, "utf8")))).toEqual([]);
});
