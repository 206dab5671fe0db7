/** `almanac record FORECAST`: the track record of the running service. */
import type { RecordAnswer } from "../../shared/api/record.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { recordSummary, recordTable, seriesTable } from "../record-table.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";

export interface RecordOptions {
  readonly step: string;
  readonly group?: string;
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
  const hub = connect(options);
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
