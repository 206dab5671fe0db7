import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { bundlersReason, root, workerConfigs } from "../../../trainer/local/bundles.ts";

/** Creates a clone with small Workers, which are bundled quickly. */
function newClone(): string {
  const clone = mkdtempSync(join(realpathSync(tmpdir()), "almanac clône-"));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  for (const path of [...workerConfigs, "package.json"]) cpSync(join(root, path), join(clone, path));
  for (const path of ["failure.ts", "local/bundles.ts", "local/bundle-digest.ts"].map((name) => `trainer/${name}`))
    cpSync(join(root, path), join(clone, path));
  symlinkSync(realpathSync(join(root, "node_modules")), join(clone, "node_modules"));
  mkdirSync(join(clone, "workers", "hub"));
  const settings = readFileSync(join(root, "wrangler.toml"), "utf8");
  const flows = Array.from(
    settings.matchAll(/^class_name = "(\w+)"/gm),
    ([, name]) => `export class ${name} extends WorkflowEntrypoint {}`,
  );
  writeFileSync(
    join(clone, "workers", "hub", "index.ts"),
    ['import { WorkflowEntrypoint } from "cloudflare:workers";', ...flows, "export default {};"].join("\n"),
  );
  for (const name of ["predict", "onnx", "pages"])
    writeFileSync(join(clone, "workers", name, "index.ts"), "export default {};");
  return clone;
}

const onlyPredict = ["workers/predict/wrangler.toml"];

/**
 * Replaces wrangler, which takes seconds, by a program that copies the entry of a Worker. It waits while the clone has the
 * file `hold`.
 */
function replaceWrangler(clone: string): void {
  const folder = join(clone, "node_modules", "wrangler");
  rmSync(join(clone, "node_modules"));
  mkdirSync(join(folder, "wrangler-dist"), { recursive: true });
  symlinkSync(realpathSync(join(root, "node_modules", "zod")), join(clone, "node_modules", "zod"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "wrangler", version: "0.0.0" }));
  const program = `
    const { copyFileSync, existsSync, readFileSync } = require("node:fs");
    const { dirname, join } = require("node:path");
    const after = (option) => process.argv[process.argv.indexOf(option) + 1];
    const [, main] = /^main = "(.+)"/m.exec(readFileSync(after("-c"), "utf8"));
    const copy = () => existsSync("hold")
      ? setTimeout(copy, 5)
      : copyFileSync(join(dirname(after("-c")), main), join(after("--outdir"), "index.js"));
    copy();`;
  writeFileSync(join(folder, "wrangler-dist", "cli.js"), program);
}

/** Bundles in a child process of the clone and returns the folders of the bundles. */
async function bundle(clone: string, configs: readonly string[] = onlyPredict): Promise<string[]> {
  const script = `import { bundleWorkers } from ${JSON.stringify(join(clone, "trainer/local/bundles.ts"))};
    console.log(JSON.stringify(await bundleWorkers(${JSON.stringify(configs)})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd: clone });
  return z.array(z.string()).parse(JSON.parse(stdout));
}

test("a bundle with a missing file is made again", async () => {
  const clone = newClone();
  replaceWrangler(clone);
  const two = ["wrangler.toml", ...onlyPredict];
  const folders = await bundle(clone, two);
  const [hub = "", predict = ""] = folders;
  rmSync(join(predict, "index.js"));
  rmSync(hub, { recursive: true });
  expect(await bundle(clone, two)).toEqual(folders);
  expect(readdirSync(predict)).toContain("index.js");
  expect(readdirSync(hub)).toContain("index.js");
});

test("wrangler bundles a Worker, and deletes the leftovers of a killed bundling", async () => {
  const clone = newClone();
  const left = join(clone, ".wrangler", "tmp", "bundles-killed");
  mkdirSync(left, { recursive: true });
  utimesSync(left, 0, 0);
  const [hub = ""] = await bundle(clone, ["wrangler.toml"]);
  expect(readdirSync(hub)).toContain("index.js");
  expect(readdirSync(join(clone, ".wrangler", "tmp"))).toEqual([]);
});

test("a change bundles only the Workers that import the changed file, also indirectly", async () => {
  const clone = newClone();
  replaceWrangler(clone);
  const two = ["wrangler.toml", ...onlyPredict];
  mkdirSync(join(clone, "shared"));
  const write = (path: string, text: string) => writeFileSync(join(clone, path), text);
  write("workers/predict/index.ts", 'import {\n  one,\n} from "./one.ts";\nexport default { one };');
  write("workers/predict/one.ts", 'export * from "../../shared/two.ts";');
  write("shared/two.ts", "export const one = 1;");
  const [hub = "", predict = ""] = await bundle(clone, two);
  write("shared/two.ts", "export const one = 2;");
  write("shared/three.ts", "export const three = 3;");
  const [sameHub, newPredict = ""] = await bundle(clone, two);
  expect([sameHub, newPredict === predict, readdirSync(newPredict)]).toEqual([hub, false, ["index.js"]]);
  write("shared/two.ts", "export const one = 1;");
  expect(await bundle(clone, two)).toEqual([hub, predict]);
});

test("secrets and wrangler's files among the sources do not change the cache key of a bundle", async () => {
  const clone = newClone();
  replaceWrangler(clone);
  const before = await bundle(clone);
  writeFileSync(join(clone, "workers", "predict", ".dev.vars"), "PREDICT_TOKEN=secret");
  expect(await bundle(clone)).toEqual(before);
  writeFileSync(join(clone, "workers", "predict", "index.ts"), "export default { a: 1 };");
  expect(await bundle(clone)).not.toEqual(before);
});

test("sources that change while they are bundled are bundled again", async () => {
  const clone = newClone();
  replaceWrangler(clone);
  writeFileSync(join(clone, "hold"), "");
  const source = join(clone, "workers", "predict", "index.ts");
  const begun = bundle(clone);
  const tmp = join(clone, ".wrangler", "tmp");
  while (true) {
    try {
      if (readdirSync(tmp).some((name) => name.startsWith("bundles-"))) break;
    } catch {
      // The folder does not exist yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  writeFileSync(source, "export default { later: true };");
  rmSync(join(clone, "hold"));
  const after = await begun;
  expect(readdirSync(join(clone, ".wrangler", "bundles"))).toHaveLength(1);
  expect(await bundle(clone)).toEqual(after);
});

test("an error in a source is reported with its place, relative to the root", () => {
  const printed = `\u001b[31m✘ [ERROR]\u001b[0m Build failed with 1 error:

  \u001b[31m✘ [ERROR]\u001b[0m Unexpected ";"

      ../../shared/a b.ts:191:10:
        191 │ const x = ;
            ╵           ^
`;
  expect(bundlersReason(printed, "workers/predict")).toBe('Unexpected ";" (shared/a b.ts:191:10)');
  expect(bundlersReason("✘ [ERROR] ENOSPC: no space left on device, write\n", ".")).toBe(
    "ENOSPC: no space left on device, write",
  );
  // A crash of wrangler prints a stack trace, and Node.js adds its version as the last line.
  expect(bundlersReason("Error: out of memory\n    at write (file.js:1:2)\n\nNode.js v24.21.0\n", ".")).toBe(
    "out of memory",
  );
});
