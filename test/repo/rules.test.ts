/** The repository's own rules. imports.test.ts checks layers and cycles, plain-english.test.ts the language. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { feeds } from "../../shared/feeds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { bundleSources } from "../../trainer/local/bundle-digest.ts";
import { bundleWorkers, root, workerConfigs } from "../../trainer/local/bundles.ts";
import { predictBundleBytesMax } from "../support/bundle-budgets.ts";
import { files, imports, isOurs, reachable, read, sources, withoutComments } from "./source-files.ts";

function offending(paths: readonly string[], isAllowed: (target: string, path: string) => boolean): string[] {
  return paths.flatMap((path) =>
    imports(path)
      .filter((target) => !isAllowed(target, path))
      .map((target) => `${path} imports ${target}`),
  );
}

test("shared imports only itself and pure packages", () => {
  const isPure = (target: string) => !target.startsWith("node:") && !target.startsWith("cloudflare:");
  const shared = sources.filter((path) => path.startsWith("shared/"));
  expect(offending(shared, (target) => (isOurs(target) ? target.startsWith("shared/") : isPure(target)))).toEqual([]);
});

test("shared uses no clock, random numbers, network or environment", () => {
  const effects = /Date\.now\(|new Date\(\)|Math\.random\(|\bfetch\(|process\.|console\./;
  const shared = sources.filter((path) => path.startsWith("shared/"));
  expect(shared.filter((path) => effects.test(withoutComments(path)))).toEqual([]);
});

test("commands print only through trainer/terminal.ts, which removes control characters", () => {
  const trainer = sources.filter((path) => path.startsWith("trainer/"));
  const printing = trainer.filter((path) => /console\.|process\.std(out|err)\.write/.test(withoutComments(path)));
  // The runtime's output is a log file.
  expect(printing).toEqual(["trainer/local/runtime.ts", "trainer/terminal.ts"]);
});

/** Where the clock enters: commands, child processes and Workers. They pass it on as an argument. */
const clocks = /^(trainer\/(commands\/|local\/runtime\.ts)|workers\/(hub\/hub|onnx\/index|predict\/service)\.ts$)/;

test("the trainer and the Workers read the clock and random numbers only in their entries", () => {
  const effects = /Date\.now\(|new Date\(\)|Math\.random\(/;
  const inner = sources.filter((path) => /^(trainer|workers)\//.test(path) && !clocks.test(path));
  expect(inner.length).toBeGreaterThan(100);
  expect(inner.filter((path) => effects.test(withoutComments(path)))).toEqual([]);
});

test("the trainer and the Workers share code only in shared, and no Worker imports another", () => {
  const trainer = sources.filter((path) => path.startsWith("trainer/"));
  expect(offending(trainer, (target) => !isOurs(target) || /^(shared|trainer)\//.test(target))).toEqual([]);
  const workers = sources.filter((path) => path.startsWith("workers/"));
  const folder = (path: string) => path.split("/").slice(0, 2).join("/");
  const isAllowed = (target: string, path: string) => target.startsWith("shared/") || folder(target) === folder(path);
  expect(offending(workers, (target, path) => !isOurs(target) || isAllowed(target, path))).toEqual([]);
});

/** Returns a pattern for ids in texts and for the same names in code: `"milk-mx"`, `milkMx`. */
function namesOf(catalogue: readonly { readonly id: string }[]): RegExp {
  const names = catalogue.flatMap(({ id }) => {
    const inCode = id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    return [`["'\`:/]${id}["'\`:/]`, ...(inCode === id ? [] : [`\\b${inCode}\\b`])];
  });
  return new RegExp(names.join("|"));
}

test("no source file outside its own folder and the simulator names a forecast", () => {
  // The addresses of an original service belong to one forecast.
  const own = /^(shared\/forecasts|shared\/feeds|trainer\/simulate)\/|^workers\/hub\/http\/original-/;
  const elsewhere = sources.filter((path) => !own.test(path));
  expect(elsewhere.filter((path) => namesOf(forecasts).test(withoutComments(path)))).toEqual([]);
});

test("no source file outside its own folder and the simulator names a feed", () => {
  const elsewhere = sources.filter((path) => !/^(shared\/feeds|shared\/forecasts|trainer\/simulate)\//.test(path));
  expect(elsewhere.filter((path) => namesOf(feeds).test(withoutComments(path)))).toEqual([]);
});

test("every dependency has an exact version and a reason in docs/DEPENDENCIES.md", () => {
  const manifest = JSON.parse(read("package.json"));
  const all: Record<string, string> = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  const inexact = Object.entries(all).filter(
    ([, version]) => !/^(npm:@[\w-]+\/[\w-]+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version),
  );
  expect(inexact).toEqual([]);
  const reasons = read("docs/DEPENDENCIES.md");
  expect(Object.keys(all).filter((name) => !reasons.includes(`| ${name} |`))).toEqual([]);
});

test("the lockfile has an integrity hash for every package, and no install script downloads another package", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  const entries: [string, { integrity?: string; hasInstallScript?: boolean }][] = Object.entries(packages);
  const installed = entries.filter(([path]) => path !== "");
  expect(installed.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  // esbuild and workerd check their platform packages, which the lockfile covers. protobufjs only prints a warning.
  const scripts = installed.filter(([, { hasInstallScript = false }]) => hasInstallScript).map(([path]) => path);
  const known = ["node_modules/esbuild", "node_modules/fsevents", "node_modules/protobufjs", "node_modules/workerd"];
  expect(scripts.filter((path) => !known.includes(path))).toEqual([]);
});

test("the hub handles exactly the crons of wrangler.toml", () => {
  const [, list = ""] = /crons = \[(.*)\]/.exec(read("wrangler.toml")) ?? [];
  const answered = Array.from(read("workers/hub/index.ts").matchAll(/case "([^"]+)":/g), ([, cron]) => cron);
  expect(Array.from(list.matchAll(/"([^"]+)"/g), ([, cron]) => cron).sort()).toEqual(answered.sort());
});

test("a queue without a dead-letter queue has the largest number of retries that Cloudflare allows", () => {
  const [, ...consumers] = read("wrangler.toml").split(/^\[\[queues\.consumers\]\]$/m);
  const last = consumers
    .map((text) => text.split(/^\[/m)[0] ?? "")
    .filter((text) => !text.includes("dead_letter_queue"));
  expect(last.map((text) => /max_retries = (\d+)/.exec(text)?.[1])).toEqual(["100", "100"]);
  const valuesOf = (key: string) =>
    consumers.flatMap((text) => new RegExp(`^${key} = "(.+)"`, "m").exec(text)?.[1] ?? []);
  const dead = valuesOf("dead_letter_queue");
  expect(dead).toHaveLength(2);
  expect(valuesOf("queue")).toEqual(expect.arrayContaining(dead));
});

test("every migration has a number of its own, without gaps", () => {
  const numbers = readdirSync("migrations")
    .sort()
    .map((name) => Number(name.slice(0, 4)));
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
});

test("every Worker runs under the same compatibility date", () => {
  const dates = files
    .filter((path) => path.endsWith("wrangler.toml"))
    .map((path) => /compatibility_date = "(.+)"/.exec(read(path))?.[1]);
  expect(new Set(dates).size).toBe(1);
  expect(dates.length).toBe(4);
});

test("the types of the bindings match wrangler.toml", () => {
  const args = [
    "types",
    "--check",
    "--include-runtime=false",
    "--strict-vars=false",
    "workers/hub/worker-configuration.d.ts",
  ];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" };
  expect(() => execFileSync("wrangler", args, { env, stdio: "pipe" })).not.toThrow();
});

test("the version is written in package.json only", () => {
  const own = sources.filter((path) => /^(shared|workers|trainer)\//.test(path));
  expect(own.filter((path) => /almanac\/\d/i.test(withoutComments(path)))).toEqual([]);
});

test("the commands in README are scripts of package.json or commands of almanac", () => {
  const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
  const commands = Array.from(read("trainer/program.ts").matchAll(/\.command\("(\w+)/g), ([, name]) => name);
  const run = Array.from(
    read("README.md").matchAll(/npm (?:run )?(?:-s )?(start|test|almanac|bench|[a-z:]+)(?: -- ([a-z]+))?/g),
  );
  const unknown = run.filter(
    ([, script = "", command]) =>
      !["ci", "run"].includes(script) &&
      (!scripts.includes(script) || (script === "almanac" && command && !commands.includes(command))),
  );
  expect(unknown.map(([text]) => text)).toEqual([]);
});

test("claim, commands, output and picture of README fit the first screen of 60 lines", () => {
  const firstScreen = read("README.md").split("\n").slice(0, 60).join("\n");
  for (const part of ["# Almanac", "npm ci", "npm start", "next value", "─► R2 raw/", "## Find your way"]) {
    expect(firstScreen).toContain(part);
  }
});

test("workers/predict imports no package of the hub", () => {
  const heavy = [...reachable("workers/predict/index.ts")].filter((target) =>
    /^(hono|@hono|drizzle-orm|xlsx|@zip\.js|hyparquet|echarts|@resvg|onnxruntime)/.test(target),
  );
  expect(heavy).toEqual([]);
});

test("predict and the hub use the same KV and R2, and predict has no binding to D1, workflows or crons", () => {
  const [hub, predict] = [read("wrangler.toml"), read("workers/predict/wrangler.toml")];
  const named = (text: string, table: string, key: string) =>
    new RegExp(`\\[\\[${table}\\]\\][^[]*?^${key} = "(.+)"`, "m").exec(text)?.[1];
  for (const [table, key] of [
    ["kv_namespaces", "id"],
    ["r2_buckets", "bucket_name"],
  ] as const) {
    expect(named(predict, table, key)).toBe(named(hub, table, key));
    expect(named(predict, table, key)).toMatch(/^almanac-/);
  }
  expect(predict).not.toMatch(/d1_databases|workflows|crons|queues\.consumers/);
  expect(hub).toContain(`[[queues.consumers]]\nqueue = "${named(predict, "queues\\.producers", "queue")}"`);
  expect(named(hub, "services", "service")).toBe(/^name = "(.+)"/m.exec(predict)?.[1]);
});

test("the hub and predict use the same onnx Worker, which reads the same R2 and has no public address", () => {
  const onnx = read("workers/onnx/wrangler.toml");
  const name = /^name = "(.+)"/m.exec(onnx)?.[1];
  for (const path of ["wrangler.toml", "workers/predict/wrangler.toml"]) {
    expect(/binding = "ONNX"\nservice = "(.+)"/.exec(read(path))?.[1], path).toBe(name);
  }
  expect(/bucket_name = "(.+)"/.exec(onnx)?.[1]).toBe(/bucket_name = "(.+)"/.exec(read("wrangler.toml"))?.[1]);
  expect(onnx).toContain("workers_dev = false");
  expect(onnx).not.toMatch(/d1_databases|kv_namespaces|queues|workflows|crons|routes/);
});

/** Cloudflare accepts 64 MiB, and the runtime's wasm has 14. A larger bundle contains a second runtime. */
const onnxBundleBytesMax = 20 * 1024 * 1024;

test("the bundle of the onnx Worker contains one runtime and is far below the limit of Cloudflare", async () => {
  const [, , folder = ""] = await bundleWorkers();
  const files = readdirSync(folder).filter((file) => !file.endsWith(".map") && file !== "README.md");
  expect(files.filter((file) => file.endsWith(".wasm"))).toHaveLength(1);
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  expect(bytes).toBeGreaterThan(10 * 1024 * 1024);
  expect(bytes).toBeLessThan(onnxBundleBytesMax);
});

test("a bundle is made again after a change of any source file in it", async () => {
  for (const [at, folder] of (await bundleWorkers()).entries()) {
    const { sources: bundled }: { readonly sources: readonly string[] } = JSON.parse(
      read(join(folder, "index.js.map")),
    );
    const own = bundled.map((source) => relative(root, resolve(folder, source)));
    const known = bundleSources(root, workerConfigs[at] ?? "");
    expect(own).toContain(join(dirname(workerConfigs[at] ?? ""), at === 0 ? "workers/hub/index.ts" : "index.ts"));
    expect(own.filter((path) => /^(shared|workers)\//.test(path) && !known.has(path))).toEqual([]);
  }
});

test("the pages Worker has no bindings and no public address, and the hub calls it", () => {
  const pages = read("workers/pages/wrangler.toml");
  const name = /^name = "(.+)"/m.exec(pages)?.[1];
  expect(read("wrangler.toml")).toContain(`binding = "PAGES"\nservice = "${name}"`);
  expect(pages).toContain("workers_dev = false");
  expect(Array.from(pages.matchAll(/^\[+([\w.]+)\]+$/gm), ([, table]) => table).sort()).toEqual([
    "observability",
    "rules",
  ]);
});

/** The script of the pages Worker, not minified: charts, words, zod. */
const pagesScriptBytesMax = 1_200 * 1024;
/** With the wasm of resvg (2.5 MB) and the fonts. */
const pagesBundleBytesMax = 4 * 1024 * 1024;

test("the bundle of the pages Worker contains one wasm, two fonts and no library of another Worker", async () => {
  const [, , , folder = ""] = await bundleWorkers();
  // A start caches the options of the local Worker beside its files; they are not uploaded.
  const isUploaded = (file: string) => !file.endsWith(".map") && !["README.md", "options.json"].includes(file);
  const names = readdirSync(folder).filter(isUploaded);
  expect(names.map((file) => file.split(".").at(-1)).sort()).toEqual(["js", "wasm", "woff2", "woff2"]);
  const sizes = names.map((file) => statSync(join(folder, file)).size);
  expect(statSync(join(folder, "index.js")).size).toBeLessThan(pagesScriptBytesMax);
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(pagesBundleBytesMax);
  const { sources: bundled }: { readonly sources: readonly string[] } = JSON.parse(read(join(folder, "index.js.map")));
  expect(bundled.filter((source) => /node_modules\/(drizzle-orm|xlsx|hyparquet|onnxruntime-web)/.test(source))).toEqual(
    [],
  );
});

test("the bundle of predict is small, and the only package in it is a router", async () => {
  const [, folder = ""] = await bundleWorkers();
  expect(statSync(join(folder, "index.js")).size).toBeLessThan(predictBundleBytesMax);
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(read(join(folder, "index.js.map")));
  const names = sources.flatMap((source) => /node_modules\/((?:@[\w-]+\/)?[\w-]+)/.exec(source)?.[1] ?? []);
  // The source map of itty-router names it "src".
  const known = ["wrangler", "itty-router", "src"];
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

test("predict contains no forecast: a new or edited one needs no deploy of predict", async () => {
  const [, folder = ""] = await bundleWorkers();
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(read(join(folder, "index.js.map")));
  const declarations = readdirSync("shared/forecasts").filter((file) =>
    /: Forecast = |: readonly Forecast\[\]/.test(read(`shared/forecasts/${file}`)),
  );
  expect(declarations).toContain("index.ts");
  expect(declarations.length).toBeGreaterThan(forecasts.length);
  const bundled = sources.filter((source) => declarations.some((file) => source.endsWith(`shared/forecasts/${file}`)));
  expect(bundled).toEqual([]);
  expect(read(join(folder, "index.js"))).not.toMatch(namesOf(forecasts.filter(({ id }) => id.includes("-"))));
});
