/**
 * The flow `report`: predicts a revision, renders its files and publishes it. Each step can run again: a revision has one row, and
 * its objects have fixed keys.
 */
import { z } from "zod";
import type { ReportModel } from "../../../shared/api/report-model.ts";
import type { StoredFile } from "../../../shared/api/reports.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { findHistory } from "../../../shared/db/histories.ts";
import { queueReport } from "../../../shared/db/outbox.ts";
import { findReport, markPublished, type ReportRow, type RevisionKey } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { reportKey } from "../../../shared/reports/keys.ts";
import {
  downloadsFor,
  filesIn,
  languagesOf,
  type PlannedFile,
  type RenderedFile,
} from "../../../shared/reports/languages.ts";
import type { Hub } from "../hub.ts";
import { type DeliverEffects, deliverDue } from "../outbox/deliver.ts";
import { listCatchUps, recordCatchUp } from "../reports/catch-up.ts";
import { contentTypes } from "../reports/content-types.ts";
import { type PredictedRevision, type PredictingHub, predictRevision } from "../reports/predict-revision.ts";
import { listUnscored, scoredTogether, scorePeriods } from "../reports/score-periods.ts";
import type { Flow } from "./flow.ts";
import { type RequestingHub, requestReport } from "./request-report.ts";

const reportParams = z.object({ forecast: z.string(), origin: z.string(), revision: z.int().min(1) });

type ReportEffects = PredictingHub & RequestingHub & DeliverEffects & Pick<Hub, "pages">;

export async function report(hub: ReportEffects, flow: Flow): Promise<Outcome> {
  const params = reportParams.parse(flow.run.params);
  const address = { ...params, role: "champion" as const };
  const forecast = findForecast(params.forecast);
  const requested = forecast && (await findReport(hub.db, address));
  if (!requested) return failed(`There is no request for a report of ${params.forecast} for ${params.origin}.`);
  // An earlier try has failed after publishing. A published revision never changes.
  if (requested.state === "published") {
    await sendMessages(hub, flow, { forecast, row: requested });
    return { state: "done", reason: null, stats: { version: requested.version, files: requested.files?.length ?? 0 } };
  }

  await score(hub, flow, { forecast, row: requested });
  const predicted = await flow.step("predict", async () => {
    const row = (await findReport(hub.db, address)) ?? requested;
    const value = row.state === "requested" ? await predictRevision(hub, forecast, row) : describe(row);
    return { value, stats: { ...value } };
  });
  if (predicted.kind === "overtaken") return overtaken(hub, flow, { forecast, row: requested });

  await catchUp(hub, flow, { forecast, row: requested });
  const files = await render(hub, flow, { forecast, row: requested });
  const stats = { version: predicted.version, files: files.length };
  await flow.step("publish", async () => {
    const at = hub.now().toISOString();
    const isBeforeTarget = (await findHistory(hub.db, forecast.id))?.lastPeriod === params.origin;
    await markPublished(hub.db, address, { files, at, isBeforeTarget });
    return { value: null, stats: { isBeforeTarget } };
  });
  await sendMessages(hub, flow, { forecast, row: requested });
  return { state: "done", reason: null, stats };
}

/** Queues the messages about a published revision, and tries to deliver them. */
async function sendMessages(hub: ReportEffects, flow: Flow, { forecast, row }: Revision): Promise<void> {
  const messages = await flow.step("queue messages", async () => {
    const value = await queueMessages(hub, forecast, row);
    return { value, stats: { messages: value } };
  });
  // A message that cannot be sent does not fail the report: the cron tick sends it again.
  if (messages > 0) await flow.step("send messages", async () => ({ value: await deliverDue(hub) })).catch(() => 0);
}

/** Queues one message for each subscriber, if it is the first published revision. Returns how many are new. */
async function queueMessages(hub: ReportEffects, { id, title }: Forecast, address: RevisionKey): Promise<number> {
  const row = await findReport(hub.db, address);
  if (row?.publishedAt == null) return 0;
  const { origin, revision, publishedAt, version, summary } = row;
  const report = { forecast: id, title, origin, revision, publishedAt, version, summary: summary ?? [] };
  return queueReport(hub.db, report, hub.now().toISOString());
}

/** Describes a revision that an earlier try has predicted. */
function describe({ state, version }: ReportRow): PredictedRevision {
  return state === "overtaken" ? { kind: "overtaken" } : { kind: "predicted", version, series: 0, predictions: 0 };
}

/** Requests the report of the newer data, and ends. What a person or an edition started is also made without a champion. */
async function overtaken(hub: ReportEffects, flow: Flow, { forecast, row: { reason } }: Revision): Promise<Outcome> {
  const trigger = reason === "request" || reason === "edition" ? reason : "data";
  const newer = await flow.step("request the newer report", async () => ({
    value: (await requestReport(hub, forecast, trigger))?.run.key ?? null,
  }));
  const text = `Newer data or another champion came before this revision was predicted.${newer === null ? "" : ` See ${newer}.`}`;
  return { state: "done", reason: text, stats: { overtaken: true } };
}

interface Revision {
  readonly forecast: Forecast;
  readonly row: ReportRow;
}

/** Scores the earlier predictions of the periods that are known now, so that the report contains them. */
async function score(hub: ReportEffects, flow: Flow, { forecast, row: { origin } }: Revision): Promise<void> {
  const unscored = await flow.step("find periods to score", async () => ({
    value: await listUnscored(hub, forecast, origin),
  }));
  for (const targets of scoredTogether(forecast, unscored)) {
    const [first, last] = [targets[0], targets.at(-1)];
    await flow.step(`score ${first === last ? first : `${first} to ${last}`}`, async () => {
      const value = await scorePeriods(hub, forecast, { origin, targets });
      return { value, stats: { scores: value } };
    });
  }
}

/** Records the predictions of the periods that were published together with this origin. */
async function catchUp(hub: ReportEffects, flow: Flow, { forecast, row }: Revision): Promise<void> {
  const origins = await flow.step("find periods without predictions", async () => ({
    value: await listCatchUps(hub, forecast, row),
  }));
  for (const origin of origins) {
    await flow.step(`record ${origin}`, async () => {
      const value = await recordCatchUp(hub, forecast, { row, origin });
      return { value, stats: { ...value } };
    });
  }
}

/** Renders every file in every language of the forecast, each page after its charts, and returns their sizes. */
async function render(hub: ReportEffects, flow: Flow, { forecast, row }: Revision): Promise<StoredFile[]> {
  const languages = languagesOf(forecast);
  const rendered: RenderedFile[] = [];
  for (const planned of filesIn(languages)) {
    const bytes = await flow.step(`render ${planned.name}`, async () => {
      const value = await renderFile(hub, row, { planned, languages, rendered });
      return { value, stats: { bytes: value } };
    });
    if (bytes !== null) rendered.push({ ...planned, bytes });
  }
  return rendered.map(({ name, language, bytes }) => ({ file: name, bytes, ...(language !== null && { language }) }));
}

interface Rendering {
  readonly planned: PlannedFile;
  readonly languages: readonly string[];
  /** The files before it, which a page links to. */
  readonly rendered: readonly RenderedFile[];
}

/** Renders one file and stores it. Returns its size; null if the report does not have it. */
async function renderFile(
  { lake, pages }: Pick<Hub, "lake" | "pages">,
  row: ReportRow,
  { planned: { file, name, language }, languages, rendered }: Rendering,
): Promise<number | null> {
  const stored = await lake.get(reportKey(row, "report.json"));
  if (stored === null) throw new Error(`${reportKey(row, "report.json")} is lost`);
  // The step "predict" has written it.
  if (file === "report.json") return stored.size;
  const model = await stored.json<ReportModel>();
  const downloads = downloadsFor(language, rendered);
  const answer = await pages.render({ model, file, languages, downloads, language: language ?? undefined });
  if (!answer.ok) throw new Error(answer.error);
  if (answer.value === null) return null;
  await lake.put(reportKey(row, name), answer.value, { httpMetadata: { contentType: contentTypes[file] } });
  return answer.value.length;
}

const failed = (reason: string): Outcome => ({ state: "failed", reason, stats: null });
