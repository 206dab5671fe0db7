/**
 * Follows the page "Add your own forecast" in a copy of the project, adds nine more forecasts on the known feeds, and runs
 * the project's checks and tests in the copy. So it finds tests that depend on the content of the catalogues.
 *
 *     npm run test:catalogue                                  # checks, and all unit tests
 *     npm run test:catalogue -- test/forecasts test/repo      # checks, and only these tests
 *
 * First it prints the size of predict's bundle with and without these ten forecasts, and fails if they exceed its budget.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { predictBundleBytesMax } from "../support/bundle-budgets.ts";
import { addToCatalogue, copyProject, pageCommands, writePageFiles } from "../support/page-forecast.ts";

interface Added {
  readonly file: string;
  readonly name: string;
  readonly code: string;
}

const like = (
  base: string,
  file: string,
  { id, ...changes }: { readonly id: string; readonly [more: string]: unknown },
) => {
  const name = id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const members = Object.entries({ id, title: `Example ${id}`, ...changes });
  const text = members.map(([member, value]) => `  ${member}: ${JSON.stringify(value)},`).join("\n");
  const code = `import type { Forecast } from "./forecast.ts";\nimport { ${base} } from "./${file}.ts";\n\nexport const ${name}: Forecast = {\n  ...${base},\n${text}\n};\n`;
  return { file: `shared/forecasts/${id}.ts`, name, code };
};

/** A panel, and the daily, monthly, and binary forecasts that the known feeds allow. */
const added: readonly Added[] = [
  like("milkMx", "milk-mx", {
    id: "milk-calendar",
    schedule: { every: "day", weekdays: [1, 3, 5], periods: "calendar" },
  }),
  like("milkMx", "milk-mx", { id: "milk-mae", metric: "mae", change: null }),
  ...["USD", "GBP", "JPY"].map((currency) =>
    like("gold", "gold", {
      id: `gold-${currency.toLowerCase()}`,
      variable: currency,
      features: [
        { name: "last", kind: "lag", periods: 1, learned: false },
        { name: "spread", kind: "step-std", periods: 60, learned: false },
        { name: "change", kind: "log-difference", periods: 1 },
        { name: "weekday", kind: "calendar", part: "weekday" },
      ],
      intervals: { levels: [0.8], scaledBy: "spread", holdLast: false },
      distribution: { kind: "location-scale", positive: true, scales: ["spread"] },
      given: { date: "Date", value: "last", monthFirst: false },
      hypothesisNeeds: ["last"],
    }),
  ),
  like("bakery", "bakery", {
    id: "gold-monthly",
    sources: [{ feed: "gold-csv", variables: ["EUR"], lag: 0, reduce: { partsMin: 15, statistics: ["mean"] } }],
    variable: "EUR_mean",
    dimensions: [],
    schedule: { every: "month", periods: "calendar" },
    features: [
      { name: "last", kind: "lag", periods: 1 },
      { name: "week_ago", kind: "seasonal-lag", periods: 12 },
    ],
    promotion: { periodsMin: 12 },
  }),
  ...["ozone", "dust", "nitrogen_dioxide"].map((pollutant) =>
    like("sickness", "sickness", {
      id: `high-${pollutant.replace("_", "-")}`,
      events: [{ name: "high", of: `${pollutant}_max`, above: 60 }],
      variable: "high",
      labels: { event: "high", otherwise: "low" },
      features: [
        { name: "high_yesterday", kind: "lag", periods: 1 },
        { name: "level", kind: "seasonal-lag", periods: 1, variable: `${pollutant}_max` },
        { name: "share", kind: "rolling-mean", periods: 14 },
      ],
      aliases: {},
    }),
  ),
];

const folder = mkdtempSync(join(tmpdir(), "almanac-forecasts-"));
const inCopy = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });

/** Compares predict's bundle with its budget. @throws Error if the forecasts of the copy, and not the project, exceed it. */
function checkBudget(): void {
  const [before, after] = [predictBytes(process.cwd()), predictBytes(folder)];
  const added = after - before;
  console.log(
    `Predict's bundle: ${before} bytes, with ten more forecasts ${after} bytes (${added} more). Budget: ${predictBundleBytesMax} bytes.`,
  );
  if (after > predictBundleBytesMax && before <= predictBundleBytesMax)
    throw new Error(
      `Ten more forecasts add ${added} bytes to predict's bundle and exceed its budget of ${predictBundleBytesMax} bytes. Expected declarations that predict does not import.`,
    );
}

/** Returns the size of predict's bundle in a project, in bytes. */
function predictBytes(project: string): number {
  const code = `import { bundleWorkers } from ${JSON.stringify(join(project, "trainer/local/bundles.ts"))}; process.stdout.write((await bundleWorkers())[1]);`;
  const bundle = execFileSync("node", ["--input-type=module-typescript", "-e", code], { encoding: "utf8" });
  return statSync(join(bundle, "index.js")).size;
}

try {
  copyProject(folder, () => true);
  writePageFiles(folder);
  for (const { file, name, code } of added) {
    writeFileSync(join(folder, file), code);
    addToCatalogue(
      join(folder, "shared/forecasts/index.ts"),
      `import { ${name} } from "./${file.split("/").at(-1)}";\n`,
    );
  }
  checkBudget();
  inCopy("git", "init", "-q");
  const [make = "", ...rest] = pageCommands;
  for (const command of [make, ...rest.slice(7, 10)]) inCopy("bash", "-c", command);
  inCopy("npm", "run", "-s", "check");
  inCopy("npm", "run", "-s", "lint");
  inCopy("vitest", "run", "--project", "unit", ...process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
