/** `almanac record FORECAST`: the track record of the running service, or its Parquet files. */
import type { RecordAnswer, RecordFile, RecordFiles } from "../../shared/api/record.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { filesTable, recordSummary, recordTable, seriesTable } from "../record-table.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";

export interface RecordOptions {
  readonly step: string;
  readonly group?: string;
  readonly files?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** Number of series in each list. */
const listed = 3;

export async function showRecord(forecastId: string, options: RecordOptions): Promise<void> {
  const forecast = knownForecast(forecastId);
  const step = Number(options.step);
  if (!/^\d{1,4}$/.test(options.step) || step < 1)
    throw new Failure(`--step ${options.step} is not valid. Expected a whole number from 1.`);
  const { files = false, from, to } = options;
  if (!files && (from !== undefined || to !== undefined))
    throw new Failure("--from and --to select files. Add --files, or omit both for the record of all periods.");
  const hub = connect(options);
  if (files) return listFiles(hub, forecast, options);
  const query = { step, ...(options.group !== undefined && { group: options.group }) };
  const { record, open } = await hub.api.getRecord({ forecast: forecast.id, query: { ...query, limit: 1 } });
  const series = await hub.api.getSeriesRecord({ forecast: forecast.id, query: { ...query, periods: 90 } });
  if (options.json) return printJson({ forecast: forecast.id, record, open, best: series.best, worst: series.worst });
  const waiting = open ? openText(open) : "";
  if (record === null) {
    const text = `${forecast.title}: there is no track record yet. A forecast is scored when its period is published.`;
    print(prose(waiting === "" ? text : `${text} ${waiting}`));
    return;
  }
  const of = options.group === undefined ? "by series" : `by ${options.group}`;
  const ahead = step === 1 ? "the next period" : `${step} periods ahead`;
  print(`${forecast.title}: track record of ${ahead}, ${of}\n\n${recordTable(forecast, record)}`);
  if (waiting !== "") print(`\n${prose(waiting)}`);
  const lists = seriesTable(series.best.slice(0, listed), series.worst.slice(0, listed));
  if (lists !== "") print(`\nOver the last ${series.periods} periods\n\n${lists}`);
  const others = await otherSteps(hub, forecast, { ...query });
  if (others.length > 0) print(`\nOther headline steps, all periods\n\n${recordSummary(others)}`);
}

/** Returns how many predictions wait for the next event of their series. */
function openText({ predictions, since, origin }: NonNullable<RecordAnswer["open"]>): string {
  const oldest = since === null ? "" : `, the oldest since ${since}`;
  return `${thousands(predictions)} predictions wait for the next event of their series as of ${origin}${oldest}.`;
}

/** Prints the Parquet files of the record, and how DuckDB reads the published predictions. */
async function listFiles(hub: Hub, forecast: Forecast, { from, to, json }: RecordOptions): Promise<void> {
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const files: RecordFile[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = { ...range, ...(cursor !== "" && { cursor }) };
    const page: RecordFiles = await hub.api.listRecordFiles({ forecast: forecast.id, query });
    files.push(...page.files.map((file) => ({ ...file, address: hub.url + file.address })));
    cursor = page.next;
  }
  if (json) return printJson({ forecast: forecast.id, files });
  if (files.length === 0)
    return print(prose(`${forecast.title}: there are no files in this range. A file is listed once it is published.`));
  print(filesTable(files));
  const newest = files.findLast(({ kind }) => kind === "predictions") ?? files.at(-1);
  print(`\n  duckdb -c "SELECT * FROM read_parquet('${newest?.address}') LIMIT 5"`);
}

interface Shown {
  readonly step: number;
  readonly group?: string;
}

/** Returns the records of the other headline steps that have one. */
async function otherSteps({ api }: Hub, { id, headline }: Forecast, { step: shown, group }: Shown) {
  const steps = headline.filter((step) => step !== shown);
  const query = { ...(group !== undefined && { group }), limit: 1 };
  const answers = await Promise.all(steps.map((step) => api.getRecord({ forecast: id, query: { ...query, step } })));
  return answers.flatMap(({ record }) => record ?? []);
}
