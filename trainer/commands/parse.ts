/** `almanac parse FEED FILE`: the parser alone, without a hub. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Feed, Parsed } from "../../shared/feeds/feed.ts";
import { countReasons } from "../../shared/feeds/judge.ts";
import { codeOf, Failure } from "../failure.ts";
import { reasons, table, thousands } from "../terminal.ts";
import { knownFeed } from "./known.ts";

export async function parse(feedId: string, file: string, options: { readonly json?: boolean }): Promise<void> {
  const feed = knownFeed(feedId);
  const parsed = await feed.parse(await readPublication(file), basename(file));
  const summary = summarize(feed, parsed);
  if (options.json) console.log(JSON.stringify(summary));
  else printSummary(summary, parsed);
  // As from a hub: a publication without a single observation is not let in.
  if (parsed.observations.length === 0) process.exitCode = 1;
}

export async function readPublication(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = { ENOENT: "there is no such file", EACCES: "you may not read it", EISDIR: "it is a folder" }[
      codeOf(error)
    ];
    throw new Failure(`${file} cannot be read: ${why ?? String(error)}.`);
  }
}

interface Summary {
  readonly feed: string;
  readonly observations: number;
  readonly problems: number;
  readonly series: number;
  readonly periods: number;
  readonly firstPeriod: string | null;
  readonly lastPeriod: string | null;
  readonly problemsByReason: Record<string, number>;
  readonly skipped: Readonly<Record<string, number>>;
}

function summarize(feed: Feed, { observations, problems, skipped }: Parsed): Summary {
  const periods = [...new Set(observations.map(({ period }) => period))].sort();
  return {
    feed: feed.id,
    observations: observations.length,
    problems: problems.length,
    series: new Set(observations.map(({ series }) => JSON.stringify(series))).size,
    periods: periods.length,
    firstPeriod: periods[0] ?? null,
    lastPeriod: periods.at(-1) ?? null,
    problemsByReason: countReasons(problems),
    skipped,
  };
}

function printSummary(summary: Summary, { problems }: Parsed): void {
  const range = summary.firstPeriod ? `${summary.firstPeriod} to ${summary.lastPeriod}` : "no period";
  console.log(
    `${summary.feed}: ${thousands(summary.observations)} observations in ${summary.series} series, ${summary.periods} periods, ${range}`,
  );
  console.log(`refused: ${reasons(summary.problemsByReason)}`);
  if (Object.keys(summary.skipped).length > 0) console.log(`left out: ${reasons(summary.skipped)}`);
  if (problems.length === 0) return;
  // One example a reason is enough to go and look.
  const examples = [...new Map(problems.map((problem) => [problem.reason, problem])).values()];
  const rows = examples.map(({ reason, row, column, found, expected }) => [
    reason,
    `${column ?? ""}${row ?? ""}`,
    found.slice(0, 50),
    expected.slice(0, 70),
  ]);
  console.log(`\n${table(["for example", "at", "found", "expected"], rows)}`);
}
