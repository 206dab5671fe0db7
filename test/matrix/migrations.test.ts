/** The migrations of `npm start` and those of wrangler take turns on one database. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { root, wranglerCli, wranglerEnvironment } from "../../trainer/local/bundles.ts";
import { openState } from "../../trainer/local/state.ts";
import { findPort, startWorkers } from "../../trainer/local/workers.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-wrangler-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const state = openState(join(folder, "state"));
const all = readdirSync("migrations").sort();

/** Makes a project with the first `count` migrations, and returns its configuration. */
function projectWith(count: number): string {
  const project = join(folder, `first-${count}`);
  mkdirSync(join(project, "migrations"), { recursive: true });
  cpSync(join(root, "wrangler.toml"), join(project, "wrangler.toml"));
  for (const name of all.slice(0, count)) cpSync(join("migrations", name), join(project, "migrations", name));
  return join(project, "wrangler.toml");
}

async function wrangler(command: "apply" | "list", config: string): Promise<string> {
  const place = ["--local", "--persist-to", join(state, "state"), "-c", config];
  const args = [wranglerCli, "d1", "migrations", command, "DB", ...place];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: wranglerEnvironment() });
  return stdout;
}

test("a database that wrangler began is completed by a start, and wrangler then finds nothing to apply", async () => {
  expect(await wrangler("apply", projectWith(5))).toContain(all[4]);
  expect(await wrangler("list", join(root, "wrangler.toml"))).toContain(all[5]);
  const workers = await startWorkers({ state, port: await findPort(0), variables: {} });
  expect((await fetch(`${workers.url}/health`)).status).toBe(200);
  await workers.stop();
  expect(await wrangler("list", join(root, "wrangler.toml"))).toContain("No migrations to apply");
  // A second start changes nothing.
  const again = await startWorkers({ state, port: await findPort(0), variables: {} });
  await again.stop();
  expect(await wrangler("list", join(root, "wrangler.toml"))).toContain("No migrations to apply");
}, 300_000);
