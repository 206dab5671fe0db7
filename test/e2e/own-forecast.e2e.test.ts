/** Follows the page "Add your own forecast" in a copy of the project. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isMatrix } from "../support/is-matrix.ts";
import { copyProject, pageCommands, pageFiles, writePageFiles } from "../support/page-forecast.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-own-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files that make golden pairs and compare parsers with them. */
const isOfPairs = (name: string) =>
  /^test\/(fixtures\/feeds|support\/(golden|(native|json)-modules|longest-first|schema-of|workerd-files)\.ts|feeds\/golden)/.test(
    name,
  );

interface Ran {
  readonly code: number | null;
  readonly out: string;
}

function run(command: string, onOutput: (out: string, end: () => void) => void = () => {}): Promise<Ran> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", ALMANAC_STATE: "" };
  const child = spawn("bash", ["-c", `exec ${command}`], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      out += data;
      onOutput(out, () => child.kill("SIGINT"));
    });
  }
  return new Promise((done) => child.on("close", (code) => done({ code, out })));
}

/** Returns the command of an npm script, so that the test starts its process without npm. */
function scripted(command: string): string {
  return command
    .replace(/^npm run almanac -- /, `${process.execPath} trainer/main.ts `)
    .replace(/^npm start -- /, `${process.execPath} trainer/main.ts start `);
}

/** Of a matrix the commands as the page has them. */
const short = isMatrix ? "" : "--trials 1";

test("a reader who follows the page gets a working forecast, from the parser to its predictions", async () => {
  copyProject(folder, (file) => !file.startsWith("test/") || isOfPairs(file));
  // Only the hub contains the catalogues, so the start has to bundle only the hub.
  cpSync(".wrangler/bundles", join(folder, ".wrangler", "bundles"), { recursive: true });
  writePageFiles(folder);
  const [make = "", parse = "", backtest = "", start = "", ...rest] = pageCommands;
  const served = rest.slice(0, 4);
  execFileSync("bash", ["-c", make], { cwd: folder });

  const parsed = await run(scripted(parse));
  expect(parsed).toMatchObject({ code: 0, out: expect.stringContaining("1,199 observations in 3 series") });
  expect(parsed.out).toContain("1 no-number");

  const judged = await run(`${scripted(backtest)} ${short} --json`);
  expect(judged).toMatchObject({ code: 0 });
  // The data has a weekend effect, so a model with the weekday is better than the last value.
  const { champion, contenders, reason } = JSON.parse(judged.out.trim().split("\n").at(-1) ?? "");
  expect(champion).not.toBe("naive");
  expect(contenders.map(({ name }: { readonly name: string }) => name)).toContain("naive");
  expect(reason).toMatch(/beat the baseline \(p/);

  const answers: Ran[] = [];
  let asking: Promise<void> | undefined;
  const platform = await run(`${scripted(start)} --port 0 --date 2026-02-05`, (out, end) => {
    if (!out.includes("Ctrl-C stops everything")) return;
    asking ??= (async () => {
      for (const command of served) answers.push(await run(scripted(command.replace(/ train .*/, `$& ${short}`))));
    })().finally(end);
  });
  await asking;
  expect(platform).toMatchObject({ code: 130 });
  expect(answers.map(({ code, out }) => [code, code === 0 ? "" : out])).toEqual(served.map(() => [0, ""]));
  const [, trained, one, all] = answers;
  expect(trained?.out).toContain("serves");
  expect(one?.out).toContain("Market");
  expect(all?.out).toMatch(/Market.*\r?\n.*Station|Station.*\r?\n.*Market/s);
});

test.runIf(isMatrix)(
  "the files of the page pass the project's checks, with the golden pair that the page makes",
  async () => {
    const [shorten = "", pair = "", format = ""] = pageCommands.slice(8);
    execFileSync("bash", ["-c", shorten], { cwd: folder });
    expect(await run(pair)).toMatchObject({ code: 0, out: expect.stringContaining("2 observations, 1 problems") });
    expect(format).toBe("npm run format");
    const written = [...pageFiles.keys()].join(" ");
    expect(await run(`biome check --write --error-on-warnings ${written}`)).toMatchObject({ code: 0 });
    expect(await run("tsc -p shared")).toEqual({ code: 0, out: "" });
    const { out } = await run("vitest run --project unit test/feeds/golden.test.ts -t bakery");
    expect(out).toMatch(/Tests .*2 passed/);
  },
);

test("the page shows only new files, and every command on it exists", () => {
  expect([...pageFiles.keys()]).toEqual([
    "make-loaves.mjs",
    "shared/feeds/bakery-csv.ts",
    "shared/feeds/index.ts",
    "shared/forecasts/bakery.ts",
    "shared/forecasts/index.ts",
  ]);
  expect(pageCommands).toHaveLength(12);
});
