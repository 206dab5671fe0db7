/** `almanac report FORECAST --out DIR`: writes the files of a report from the data and the answers of a hub. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BatchAnswer } from "../../shared/api/predict.ts";
import { reportFileNames } from "../../shared/api/report-languages.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { quoteEmpty } from "../../shared/lib/quote-empty.ts";
import { type LoadedLearner, loadStepProgram } from "../../shared/predict/learned-steps.ts";
import type { Card } from "../../shared/registry/card.ts";
import { servedLearnerOf } from "../../shared/registry/further-steps.ts";
import { setsOfCard } from "../../shared/reports/card-sets.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { languagesOf } from "../../shared/reports/languages.ts";
import { renderAll } from "../../shared/reports/report-files.ts";
import { languageCodes } from "../../shared/reports/words/index.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { ApiRefusal, type Hub, orNull } from "../hub.ts";
import { feedsOf, knownForecast } from "../known.ts";
import { makeOutFolder } from "../make-folder.ts";
import { rasterizerOfNode } from "../rasterizer.ts";
import { readReportFeeds } from "../report-feeds.ts";
import { print, printJson, prose, table, thousands } from "../terminal.ts";
import { factsOfLakes } from "../training/facts.ts";
import { registeredFile } from "../training/serving-model.ts";
import { type FileInside, writeAllInside } from "../write-inside.ts";
import { askAll } from "./predict.ts";

export interface ReportOptions {
  readonly out: string;
  readonly lang?: string;
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export async function writeReport(forecastId: string, options: ReportOptions): Promise<void> {
  const forecast = knownForecast(forecastId);
  const languages = languagesFor(forecast, options);
  const folder = makeOutFolder(options.out);
  const hub = connect(options);
  const answer = await answerOf(hub, forecast);
  const facts = await factsOfLakes(hub, feedsOf(forecast));
  const version = answer?.model.version;
  const detail = version === undefined ? null : await orNull(hub.api.getModel({ forecast: forecast.id, version }));
  const panel = forecastPanel(forecast, facts);
  const card = detail?.card ?? null;
  const loaded = card && (await loadLearner(hub, card));
  const model = computeReport({
    forecast,
    panel,
    answer,
    ...(answer && card && { sets: setsOfCard(forecast, panel, { card, origin: answer.data_as_of, loaded }) }),
    card,
    feeds: await readReportFeeds(hub, forecast),
    revision: 1,
    madeAt: new Date().toISOString(),
  });
  const rendered: FileInside[] = [];
  await renderAll(model, { languages, rasterize: await rasterizerOfNode() }, async (path, bytes) => {
    rendered.push({ path, bytes });
  });
  // After an error the folder has the files of the earlier report, not some of each.
  await writeAllInside(folder, rendered);
  const files = rendered.map(({ path, bytes }) => ({ file: path, bytes: bytes.length }));
  const earlier = earlierFiles(folder, files);
  const { origin } = model;
  if (options.json) {
    const [language] = languages;
    const written = { forecast: forecast.id, origin, version: version ?? null, language, languages };
    return printJson({ ...written, out: folder, files, earlier });
  }
  const rows = files.map(({ file, bytes }) => [file, thousands(bytes)]);
  print(`${forecast.title}, data up to ${origin}: ${folder}\n\n${table(["file", "bytes"], rows, { right: [1] })}`);
  if (earlier.length > 0)
    print(
      prose(
        `\nThe folder has files that are not of this report: ${earlier.join(", ")}. Delete them or use another folder.`,
      ),
    );
}

/** Returns files of the folder that an earlier report can have written, such as the page in a language that this one does not have. */
function earlierFiles(folder: string, written: readonly { readonly file: string }[]): string[] {
  return reportFileNames.filter((name) => !written.some(({ file }) => file === name) && existsSync(join(folder, name)));
}

/** Returns the requested language, or all in which the hub publishes the report. */
function languagesFor(forecast: Forecast, { lang }: Pick<ReportOptions, "lang">): string[] {
  if (lang === undefined) return languagesOf(forecast);
  if (languageCodes.includes(lang)) return [lang];
  throw new Failure(withSuggestion(`Reports have no language ${quoteEmpty(lang)}`, lang, languageCodes));
}

/** Loads the learner of further steps. Null without one, or if its file cannot be used: the baselines then serve, as in predict. */
async function loadLearner(hub: Hub, { forecast, version, further }: Card): Promise<LoadedLearner | null> {
  const learner = servedLearnerOf(further);
  if (learner === null) return null;
  const { sha256 } = learner.model;
  const bytes = await registeredFile(hub, { forecast, version, artefact: "steps.onnx", sha256 });
  if (typeof bytes === "string") return null;
  const program = loadStepProgram(bytes, learner);
  return program.ok ? { program: program.value } : null;
}

/** Returns the predictions of all series; null if no model serves. A report without predictions states the reason. */
async function answerOf(hub: Hub, forecast: Forecast): Promise<BatchAnswer | null> {
  const explain = forecast.task === "classification";
  try {
    return await askAll(hub, forecast, { features: true, explain });
  } catch (error) {
    const { failure } = error instanceof ApiRefusal ? error : { failure: null };
    if (failure?.kind === "refused" && failure.status === 503) return null;
    throw error;
  }
}
