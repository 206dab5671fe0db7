/** `almanac parse FEED FILE…`: parses publications without a hub. */
import { basename } from "node:path";
import type { Feed, Parsed } from "../../shared/feeds/feed.ts";
import { countReasons } from "../../shared/feeds/hold.ts";
import { checkFiles, isEmpty, readAsOf } from "../check-files.ts";
import { knownFeed } from "../known.ts";
import { print, printJson, prose, reasons, table, thousands } from "../terminal.ts";

export async function parse(
  feedId: string,
  files: readonly string[],
  options: { readonly json?: boolean; readonly asOf?: string },
): Promise<void> {
  const feed = knownFeed(feedId);
  const { files: read } = await checkFiles(feed, files, readAsOf(options.asOf, new Date()));
  const all = read.length === 1 && read[0] ? read[0].parsed : mergeParsed(read.map(({ parsed }) => parsed));
  const summary = summarize(feed, all);
  const each = read.map(({ file, parsed, held, blanked, retracted }) => {
    return { file: basename(file), ...summarize(feed, parsed), held, blanked, retracted };
  });
  if (options.json)
    printJson(each.length > 1 ? { ...summary, files: each } : { ...summary, held: each[0]?.held ?? null });
  else {
    printSummary(summary, all, each);
    for (const { file, held, blanked, retracted } of each) {
      if (held !== null) print(prose(`${file} would be held: ${held}.`));
      if (blanked > 0)
        print(prose(`${file} states no value for ${thousands(blanked)} values of the other files. They stay in use.`));
      if (retracted > 0) print(prose(`${file} retracts ${thousands(retracted)} values of older files.`));
    }
  }
  // The exit code agrees with the hub, which rejects an empty publication and may hold one.
  if (read.some(({ parsed, held }) => isEmpty(parsed) || held !== null)) process.exitCode = 1;
}

/** Concatenates the results of several publications. A fact that several of them contain counts several times. */
function mergeParsed(all: readonly Parsed[]): Parsed {
  const skipped: Record<string, number> = {};
  for (const parsed of all) {
    for (const [category, count] of Object.entries(parsed.skipped)) {
      skipped[category] = (skipped[category] ?? 0) + count;
    }
  }
  return {
    observations: all.flatMap(({ observations }) => observations),
    problems: all.flatMap(({ problems }) => problems),
    skipped,
  };
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

interface FileSummary extends Summary {
  readonly file: string;
}

const foundMax = 70;

function printSummary(summary: Summary, { problems }: Parsed, files: readonly FileSummary[]): void {
  if (files.length > 1) {
    const rows = files.map(({ file, observations, firstPeriod, lastPeriod, problemsByReason }) => [
      file,
      thousands(observations),
      firstPeriod ?? "–",
      lastPeriod ?? "–",
      reasons(problemsByReason),
    ]);
    print(`${table(["publication", "observations", "from", "to", "rejected"], rows, { right: [1] })}\n`);
  }
  const range = summary.firstPeriod ? `${summary.firstPeriod} to ${summary.lastPeriod}` : "no period";
  print(
    `${summary.feed}: ${thousands(summary.observations)} observations in ${summary.series} series, ${summary.periods} periods, ${range}`,
  );
  print(`rejected: ${reasons(summary.problemsByReason)}`);
  if (Object.keys(summary.skipped).length > 0) print(`skipped: ${reasons(summary.skipped)}`);
  if (problems.length === 0) return;
  // One example per reason.
  const examples = [...new Map(problems.map((problem) => [problem.reason, problem])).values()];
  const rows = examples.map(({ reason, row, column, period, found, expected }) => [
    reason,
    // A publication without rows (JSON) has a period instead of a row number.
    row === null ? [column, period].filter((one) => one !== null).join(" ") : `${column ?? ""}${row}`,
    found.length > foundMax ? `${found.slice(0, foundMax)}…` : found,
    expected,
  ]);
  print(`\n${table(["example", "at", "found", "expected"], rows)}`);
}
