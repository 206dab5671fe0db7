/** Ctrl-C, SIGTERM and SIGHUP in every phase of the long commands, in a terminal. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { goldPublication } from "../../trainer/simulate/gold-publication.ts";
import { almanacHere } from "../support/command-here.ts";
import { descendants, TestPlatform } from "../support/platform.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-interrupts-"));
const platform = new TestPlatform();
afterAll(async () => {
  await platform.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** `script` of util-linux runs a command in a terminal and returns its exit code. */
const hasTerminals = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

const signals = [
  ["Ctrl-C", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

const publication = join(folder, "Daily.csv");
const market = goldPublication({ seed: "almanac", firstDay: "2024-01-02" });
writeFileSync(publication, market.respond(new URL("http://publisher/Daily.csv"), "2026-11-20")?.bytes ?? "");

function isRunning(pid: number): boolean {
  try {
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return false;
  }
}

const commandOf = (pid: number) => execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });

interface Phase {
  readonly args: readonly string[];
  /** What the command shows when the phase begins. */
  readonly shown: RegExp;
}

/** Runs a command in a terminal and interrupts it in a phase. Returns its exit code and its output after all its processes have ended. */
async function interrupted({ args, shown }: Phase, by: (typeof signals)[number][0]) {
  // A terminal without a size displays no tasks.
  const command = ["stty cols 120 rows 40; exec node trainer/main.ts", ...args].join(" ");
  const terminal = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "ignore"] });
  let out = "";
  let pids: number[] = [];
  terminal.stdout.on("data", (data) => {
    out += data;
    if (pids.length > 0 || !shown.test(out)) return;
    pids = descendants(terminal.pid ?? 0);
    const main = pids.find((pid) => commandOf(pid).startsWith("node trainer/main.ts"));
    if (by === "Ctrl-C") terminal.stdin.write("\u0003");
    else process.kill(main ?? 0, by);
  });
  const code = await new Promise((resolve) => terminal.once("close", resolve));
  expect(pids.length).toBeGreaterThan(1);
  await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  return { code, out };
}

/** Checks the exit code, the line and the cursor. */
async function expectStopped(
  phase: Phase,
  [by, code]: readonly [(typeof signals)[number][0], number],
): Promise<string> {
  const ended = await interrupted(phase, by);
  expect({ code: ended.code, hasLine: ended.out.includes(`Stopped by ${by}.`) }).toEqual({ code, hasLine: true });
  expect(ended.out.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(ended.out.lastIndexOf("\u001b[?25l"));
  expect(ended.out).not.toContain("failed");
  return ended.out;
}

describe.skipIf(!hasTerminals)("a signal", () => {
  const phases = [
    ["while the Workers start", /starting the Workers/],
    ["during the first training", /searching|trials,/],
    ["of a platform that serves", /Ctrl-C stops everything/],
  ] as const;
  const cases = phases.flatMap(([phase, shown]) => signals.map(([by, code]) => [phase, by, code, shown] as const));
  test.for(cases)(
    "%s: %s stops start, which leaves no process and a free state folder",
    async ([, by, code, shown]) => {
      const state = mkdtempSync(join(folder, "state-"));
      const args = ["start", "--state", state, "--port", "0", "--only", "gold", "--trials", "5"];
      await expectStopped({ args, shown }, [by, code]);
      const files = readdirSync(state).filter((name) => /^(owner\.pid|hub\.json)$|\.part$/.test(name));
      expect(files).toEqual([]);
    },
  );

  const judged = ["gold", "--files", publication];
  const commands = [
    ["backtest", ["backtest", ...judged], /searching|trials,/],
    ["replay", ["replay", ...judged, "--from", "2026-01", "--retrain", "every:60"], /predicting|training 1/],
  ] as const;
  test.for(
    commands.flatMap(([name, args, shown]) => signals.map(([by, code]) => [name, by, code, args, shown] as const)),
  )("%s: %s stops it during its computations", async ([, by, code, args, shown]) => {
    await expectStopped({ args, shown }, [by, code]);
  });

  test("a training ends its run as abandoned and prints how to continue", async () => {
    const hub = await platform.start();
    process.env["ALMANAC_TOKEN"] = "test-token";
    expect(await almanacHere(["ingest", "gold-csv", publication, "--url", hub.url])).toMatchObject({ code: 0 });
    const args = ["train", "gold", "--trials", "40", "--url", hub.url];
    for (const signal of signals) {
      const out = await expectStopped({ args, shown: /trials,/ }, signal);
      const { runs } = await hub.api.listRuns({ forecast: "gold" });
      const [newest] = runs;
      expect(newest).toMatchObject({ state: "abandoned", reason: "the training was interrupted" });
      expect(out).toContain(`--resume ${newest?.id}`);
    }
  });
});
