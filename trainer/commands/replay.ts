/** `almanac replay FORECAST --files FILE…`: the record that a forecast would have had, with trainings, gate and scores. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { seriesSet } from "../../shared/judging/step-sets.ts";
import { granularityOf } from "../../shared/period.ts";
import { bestAndWorst, type TrackRecord, trackRecord } from "../../shared/track-record/track-record.ts";
import { trialsOf } from "../../shared/training/contest.ts";
import { Failure } from "../failure.ts";
import { feedsOf, knownForecast } from "../known.ts";
import { makeOutFolder } from "../make-folder.ts";
import { recordSummary, recordTable, seriesTable } from "../record-table.ts";
import { readFactHistory } from "../replay/fact-history.ts";
import { type DatedTraining, type Replayed, replay } from "../replay/replay.ts";
import { taskList } from "../task-list.ts";
import { bar, print, printJson, prose, table, thousands } from "../terminal.ts";
import { filesByFeed, type HeldFile } from "../training/facts.ts";
import { readTrainingOptions, type TrainingOptions, withOnly } from "../training/options.ts";
import { runReference } from "../training/reference-runtime.ts";
import { withPool } from "../training/run-contest.ts";
import { writeInside } from "../write-inside.ts";

export interface ReplayOptions extends Omit<TrainingOptions, "budget"> {
  readonly files: readonly string[];
  readonly from: string;
  readonly to?: string;
  readonly retrain: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Number of series in each of the lists of best and worst. */
const listed = 3;

export async function replayForecast(forecastId: string, options: ReplayOptions): Promise<void> {
  const forecast = withOnly(knownForecast(forecastId), options.only);
  const { seed, trialsMax, threads } = readTrainingOptions(options);
  const retrainEvery = readRetrain(options.retrain);
  const range = { from: periodOf("--from", options.from), to: options.to ? periodOf("--to", options.to) : null };
  const done: { replayed?: Replayed; held?: readonly HeldFile[] } = {};
  const arrivedAt = new Date().toISOString();
  const out = options.out === undefined ? undefined : makeOutFolder(options.out);
  const tasks = taskList(
    [
      {
        title: `Replay ${forecast.id}`,
        run: async (display) => {
          display.output = "reading the publications";
          const files = await filesByFeed(feedsOf(forecast), options.files, arrivedAt);
          const { history, held } = await readFactHistory(files, arrivedAt);
          done.held = held;
          done.replayed = await replay(
            { forecast, history, ...range, retrainEvery, seed, trialsMax },
            {
              withPool: (prepared, work) => withPool(prepared, work, threads),
              run: runReference,
              nowMs: () => performance.now(),
              onProgress(finished, total, text) {
                display.output = `${bar(finished / total)}  ${text}`;
              },
              ...(out !== undefined && { write: (key, bytes) => writeInside(out, key, bytes) }),
            },
          );
          const { publications, trainings } = done.replayed;
          display.title = `Replayed ${thousands(publications.length)} publications with ${trainings.length} trainings`;
        },
      },
    ],
    { isJson: options.json },
  );
  await tasks.run();
  if (!done.replayed) throw new Failure("The replay did not finish.");
  const trials = trialsOf(forecast, trialsMax);
  if (options.json) printJson(replayJson(forecast, done.replayed, { held: done.held ?? [], trials }));
  else printReplay(forecast, done.replayed, { held: done.held ?? [], trials, retrain: options.retrain });
}

/** Parses `every:N` or `never`. */
function readRetrain(text: string): number | null {
  const every = /^every:([1-9]\d{0,5})$/.exec(text)?.[1];
  if (every !== undefined) return Number(every);
  if (text === "never") return null;
  throw new Failure(`--retrain ${text} is not valid. Expected every:N, with a number of publications, or never.`);
}

function periodOf(option: string, text: string): string {
  if (granularityOf(text) !== null || /^\d{4}$/.test(text)) return text;
  throw new Failure(`${option} ${text} is not a period. Expected a day such as 2024-07-01, a month or a year.`);
}

/** Returns the records of the headline steps, the series first. */
function recordsOf({ headline, groups = [] }: Forecast, { sums }: Replayed): TrackRecord[] {
  const sets = [seriesSet, ...groups.map(({ name }) => name)];
  return sets.flatMap((set) => headline.flatMap((step) => trackRecord(sums, { set, step }) ?? []));
}

interface Printed {
  readonly held: readonly HeldFile[];
  readonly trials: number;
}

function replayJson(forecast: Forecast, replayed: Replayed, { held, trials }: Printed) {
  const { publications, unpublished, trainings, series, times } = replayed;
  return {
    forecast: forecast.id,
    from: publications[0],
    to: publications.at(-1),
    publications: publications.length,
    unpublished,
    held,
    trials,
    trainings,
    records: recordsOf(forecast, replayed),
    ...bestAndWorst(series, { step: 1, set: seriesSet }, listed),
    times,
  };
}

function printReplay(
  forecast: Forecast,
  replayed: Replayed,
  { held, trials, retrain }: Printed & { readonly retrain: string },
): void {
  const { publications, unpublished, trainings, series, times } = replayed;
  const [first = "", last = ""] = [publications[0], publications.at(-1)];
  const range = `${thousands(publications.length)} publications, ${first} to ${last}`;
  print(`\n${prose(`${forecast.title}: ${range}. Training: ${retrain}, at most ${trials} trials each.`)}`);
  for (const { file, reason } of held) print(prose(`Not used, because the hub would hold it: ${file}: ${reason}`));
  const [blank] = unpublished;
  if (blank) print(prose(`${unpublished.length} without a forecast, from ${blank.period}: ${blank.reason}`));
  print(`\n${trainings.length === 0 ? "No training." : trainingTable(trainings)}`);
  for (const { after, reason } of trainings) print(`\n${prose(`${after}: ${reason}`)}`);
  const records = recordsOf(forecast, replayed);
  const [main] = records;
  if (main === undefined) {
    print(`\n${prose("No forecast was scored: the record is empty.")}`);
    return;
  }
  print(`\nTrack record of the next period, by series\n\n${recordTable(forecast, main)}`);
  const { best, worst } = bestAndWorst(series, main, listed);
  const lists = seriesTable(best, worst);
  if (lists !== "") print(`\n${lists}`);
  if (records.length > 1) print(`\nAll periods, by set and headline step\n\n${recordSummary(records)}`);
  print(`\n${prose(timesText(times))}`);
}

function trainingTable(trainings: readonly DatedTraining[]): string {
  const rows = trainings.flatMap(({ after, trials, submitted, champion }, at) =>
    (submitted.length === 0 ? [null] : submitted).map((one) => [
      at + 1,
      after,
      trials,
      one?.candidate ?? "–",
      one === null ? "nothing submitted" : `${resultText[one.verdict.kind]} (${one.verdict.rule})`,
      champion === null ? "none" : champion.candidate,
    ]),
  );
  return table(["training", "after", "trials", "submitted", "gate", "serves"], rows, { right: [0, 2] });
}

const resultText = { promote: "promoted", hold: "held", reject: "rejected" } as const;

function timesText({ trainings, publications }: Replayed["times"]): string {
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0) / 1000;
  const each = (list: readonly number[]) => (list.length === 0 ? 0 : sum(list) / list.length).toFixed(1);
  const total = sum(trainings) + sum(publications);
  return `Time: ${total.toFixed(0)} s; ${each(trainings)} s for a training, ${each(publications)} s for a publication.`;
}
