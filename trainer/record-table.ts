/** Formats track records for a terminal. */
import type { RecordFile } from "../shared/api/record.ts";
import type { Forecast } from "../shared/forecasts/forecast.ts";
import { percentOf } from "../shared/judging/step-scores.ts";
import type { RecordWindow, SeriesRecord, TrackRecord } from "../shared/track-record/track-record.ts";
import { prose, table, thousands } from "./terminal.ts";

/** Returns the windows of a record as a table, and the claim below it. */
export function recordTable(forecast: Pick<Forecast, "task" | "unit">, record: TrackRecord): string {
  const { windows } = record;
  const isEvent = forecast.task === "classification";
  const levels = windows[0]?.coverage.map(({ level }) => level) ?? [];
  const loss = isEvent ? "Brier" : "CRPS";
  const header = ["periods", "from", "to", "skill", loss, "baseline", ...(isEvent ? [] : ["MAE", "exact"])];
  const covered = levels.map((level) => `in ${percentOf(level)} %`);
  const rows = windows.map((one) => [
    one.isAll ? `all ${one.periods}` : `last ${one.periods}`,
    one.from,
    one.to,
    percent(one.skill),
    number(one.loss),
    number(one.baselineLoss),
    ...(isEvent ? [] : [number(one.meanAbsoluteError), percent(one.exact)]),
    ...one.coverage.map(({ share }) => percent(share)),
  ]);
  const columns = [...header, ...covered];
  const right = columns.map((_, at) => at).filter((at) => at === 0 || at > 2);
  // In a narrow terminal the losses are dropped first, then the coverage of 50 and 90 %.
  const at = (name: string) => columns.indexOf(name);
  const optional = ["baseline", loss, "in 50 %", "in 90 %", "exact", "MAE"].map(at).filter((place) => place >= 0);
  return `${table(columns, rows, { right, optional })}\n${prose(claimText(record))}`;
}

/** Returns what the record of all periods shows. */
export function claimText({ windows, sequence, claim, differing, step }: TrackRecord): string {
  const all = windows.at(-1);
  if (differing === 0) return "Every prediction was the baseline's own, so there is no difference to show.";
  if (sequence === null || all === undefined || all.skill === null) {
    const needed = step === 1 ? "30 periods" : `30 blocks of ${step} periods`;
    return `No difference from the baseline shown yet: the record needs at least ${needed}.`;
  }
  const low = (sequence.low * 100).toFixed(1);
  const range = `skill ${percent(all.skill)} (95 % confidence sequence ${low} to ${percent(sequence.high)})`;
  const text = { better: "Better than the baseline", worse: "Worse than the baseline" };
  return claim === "no difference shown yet"
    ? `No difference from the baseline shown yet: ${range}.`
    : `${text[claim]}: ${range}.`;
}

/** Returns the best and the worst series as a table; empty without any. */
export function seriesTable(best: readonly SeriesRecord[], worst: readonly SeriesRecord[]): string {
  const rowsOf = (name: string, list: readonly SeriesRecord[]) =>
    list.map(({ series, periods, skill, meanAbsoluteError }) => [
      name,
      percent(skill),
      number(meanAbsoluteError),
      periods,
      Object.values(series).join(", "),
    ]);
  const rows = [...rowsOf("best", best), ...rowsOf("worst", worst)];
  return rows.length === 0 ? "" : table(["", "skill", "MAE", "periods", "series"], rows, { right: [1, 2, 3] });
}

/** Returns one row per Parquet file of the record. */
export function filesTable(files: readonly RecordFile[]): string {
  const rows = files.map(({ kind, origin, target, role, revision, counts, isNewest, bytes, address }) => [
    kind,
    origin ?? target ?? "",
    role ?? "",
    revision,
    counts ?? (isNewest ? "newest" : "replaced"),
    bytes === null ? "–" : thousands(bytes),
    address,
  ]);
  return table(["kind", "period", "role", "revision", "counts", "bytes", "address"], rows, {
    right: [3, 5],
    optional: [2, 3],
  });
}

/** Returns one row per record: its set and step with the numbers of all periods. */
export function recordSummary(records: readonly TrackRecord[]): string {
  const rows = records.flatMap(({ set, step, windows, sequence, claim }) => {
    const all = windows.at(-1);
    const range = sequence === null ? "–" : `${percent(sequence.low)} to ${percent(sequence.high)}`;
    return all === undefined ? [] : [[set, step, all.periods, percent(all.skill), range, coverage80(all), claim]];
  });
  const header = ["set", "step", "periods", "skill", "95 % sequence", "in 80 %", "against the baseline"];
  return table(header, rows, { right: [1, 2, 3, 4, 5] });
}

function coverage80({ coverage }: RecordWindow): string {
  return percent(coverage.find(({ level }) => level === 0.8)?.share ?? null);
}

function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}

function number(value: number | null): string {
  return value === null ? "–" : value.toPrecision(3);
}
