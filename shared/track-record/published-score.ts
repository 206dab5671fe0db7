/** The score of one published prediction, and its Parquet file: all scores of predictions for one period. */
import { z } from "zod";
import { type Counting, countings, type ReportRole, reportRoles } from "../api/report-states.ts";
import { intervalLevels } from "../distributions/summary.ts";
import { percentOf } from "../judging/step-scores.ts";
import { periodColumn, periodStarts, periodText } from "../lake/period-column.ts";
import {
  dimensionColumns,
  optionalColumn,
  readDimensions,
  readTableRows,
  required,
  type TableColumn,
  writeTable,
} from "./parquet-table.ts";
import type { RecordedForecast } from "./published-prediction.ts";

/** In the target's unit. */
export interface PublishedScore {
  readonly set: string;
  readonly series: Readonly<Record<string, string>>;
  readonly origin: string;
  readonly role: ReportRole;
  readonly revision: number;
  readonly step: number;
  /** The period of the actual value. */
  readonly target: string;
  readonly counts: Counting;
  readonly version: string;
  readonly servedBy: string;
  /** The value; 1 or 0 for an event. Of a group: its level at the origin plus the mean change of the series with both values. */
  readonly actual: number;
  /** The published interval of 90 %; null without intervals. */
  readonly low90: number | null;
  readonly high90: number | null;
  /** Actual − median; for an event actual − probability. */
  readonly error: number;
  /** CRPS, for an event the Brier score. */
  readonly loss: number;
  /** The baseline's loss; null if its prediction is not known. */
  readonly baselineLoss: number | null;
  /** Whether the central interval of each of `intervalLevels` contains the value, ends included; null without intervals. */
  readonly covered: readonly boolean[] | null;
  /** Whether the median equals the value; null for an event. */
  readonly exact: boolean | null;
}

/** Writes scores sorted by step; those of a step keep their order. The same scores always give the same bytes. */
export function writeScores(forecast: RecordedForecast, scores: readonly PublishedScore[]): Uint8Array<ArrayBuffer> {
  return writeTable({ name: "scores", columns: columnsOf(forecast), rows: scores });
}

/** Reads a file that `writeScores` wrote for this forecast: all scores, or those of one step. @throws for any other file */
export async function readScores(
  forecast: RecordedForecast,
  bytes: Uint8Array,
  step?: number,
): Promise<PublishedScore[]> {
  const { dimensions, schedule } = forecast;
  const rows = z.array(rowShape).parse(await readTableRows(bytes, step));
  return rows.map((row): PublishedScore => {
    const covered = coveredColumns.map((name) => z.boolean().nullable().parse(row[name]));
    return {
      set: row.set,
      series: readDimensions(row, dimensions, ownNames),
      origin: periodText(schedule.every, row.origin),
      role: row.role,
      revision: row.revision,
      step: row.step,
      target: periodText(schedule.every, row.target),
      counts: row.counts,
      version: row.version,
      servedBy: row.served_by,
      actual: row.actual,
      low90: row.low_90,
      high90: row.high_90,
      error: row.error,
      loss: row.loss,
      baselineLoss: row.baseline_loss,
      covered: covered.every((one) => one !== null) ? covered : null,
      exact: row.exact,
    };
  });
}

const coveredColumns = intervalLevels.map((level) => `covered_${percentOf(level)}`);

const rowShape = z.looseObject({
  set: z.string(),
  origin: z.date(),
  role: z.enum(reportRoles),
  revision: z.int(),
  step: z.int(),
  target: z.date(),
  counts: z.enum(countings),
  version: z.string(),
  served_by: z.string(),
  actual: z.number(),
  low_90: z.number().nullable(),
  high_90: z.number().nullable(),
  error: z.number(),
  loss: z.number(),
  baseline_loss: z.number().nullable(),
  exact: z.boolean().nullable(),
});
const ownNames = [...Object.keys(rowShape.shape), ...coveredColumns];

type Column = TableColumn<PublishedScore>;

function columnsOf({ dimensions, schedule }: RecordedForecast): Column[] {
  const startOf = periodStarts();
  const periodOf = (name: "origin" | "target"): Column => ({
    name,
    elements: [periodColumn(name, schedule.every)],
    valueIn: (row) => startOf(row[name]),
  });
  return [
    required("set", "text", ({ set }) => set),
    ...dimensionColumns<PublishedScore>(dimensions, ownNames),
    periodOf("origin"),
    required("role", "text", ({ role }) => role),
    required("revision", "int", ({ revision }) => revision),
    required("step", "int", ({ step }) => step),
    periodOf("target"),
    required("counts", "text", ({ counts }) => counts),
    required("version", "text", ({ version }) => version),
    required("served_by", "text", ({ servedBy }) => servedBy),
    required("actual", "double", ({ actual }) => actual),
    optionalColumn("low_90", "double", ({ low90 }) => low90),
    optionalColumn("high_90", "double", ({ high90 }) => high90),
    required("error", "double", ({ error }) => error),
    required("loss", "double", ({ loss }) => loss),
    optionalColumn("baseline_loss", "double", ({ baselineLoss }) => baselineLoss),
    ...coveredColumns.map(
      (name, at): Column => optionalColumn(name, "boolean", ({ covered }) => covered?.[at] ?? null),
    ),
    optionalColumn("exact", "boolean", ({ exact }) => exact),
  ];
}
