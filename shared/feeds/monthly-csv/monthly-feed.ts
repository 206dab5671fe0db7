/** Builds a feed whose publication is one CSV file with the whole history, one line per month. */
import type { Feed, Observation, Parsed } from "../feed.ts";
import { refusedFile } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import { csvFile, monthlyLimits } from "./limits.ts";
import type { Valued } from "./read-number.ts";
import { type MonthCell, readTable, series } from "./read-table.ts";
import type { TableFormat } from "./table-format.ts";

/** What differs between the monthly feeds. */
export interface MonthlyDeclaration
  extends Pick<Feed, "id" | "title" | "translations" | "publisher" | "homepage" | "timezone">,
    Pick<TableFormat, "month" | "readMonth"> {
  /** By column of the file. The first column is required; a missing other one is a remark. */
  readonly variables: Feed["variables"];
  /** The publisher's host. */
  readonly host: string;
  /** The name of the file, at the publisher and in `raw/`. */
  readonly file: string;
  /** As in `FeedLimits`; by default 0. */
  readonly correctedDays?: number;
  /** Converts the cells of one column, in order of time. Adds a problem for each cell that it leaves out. */
  readColumn(column: string, cells: readonly MonthCell[], problems: ProblemList): readonly Valued[];
}

/** The host of mirrors. */
const mirrorHost = "raw.githubusercontent.com";

/** Returns the feed. It has one series, and one variable for each column. */
export function monthlyFeed(declaration: MonthlyDeclaration): Feed {
  const {
    id,
    title,
    translations,
    publisher,
    homepage,
    variables,
    timezone,
    host,
    file,
    correctedDays = 0,
  } = declaration;
  return {
    id,
    title,
    ...(translations && { translations }),
    publisher,
    homepage,
    dimensions: [],
    variables,
    granularity: "month",
    timezone,
    partitionBy: "year",
    limits: { ...monthlyLimits, correctedDays },
    file: csvFile,
    source: {
      baseUrl: "",
      hosts: [host, mirrorHost],
      enough: "first",
      requests: (_cursor, today) => [{ period: today, path: `/${file}`, name: file, isGrowing: true }],
    },
    publishedOn: () => null,
    parse: async (bytes) => parseMonthly(bytes, declaration),
  };
}

function parseMonthly(
  bytes: Uint8Array,
  {
    month,
    readMonth,
    variables,
    readColumn,
  }: Pick<MonthlyDeclaration, "month" | "readMonth" | "variables" | "readColumn">,
): Parsed {
  const table = readTable(bytes, { month, values: Object.keys(variables), readMonth, limits: monthlyLimits });
  if (!table.ok) return refusedFile(table.error);
  const { columns, problems, blanks, skipped } = table.value;
  const observations = [...columns].flatMap(([variable, cells]) =>
    readColumn(variable, cells, problems).map(
      ({ period, value }): Observation => ({ series, variable, period, value }),
    ),
  );
  return { observations, blanks, problems: problems.list(), skipped };
}
