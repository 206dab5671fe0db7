/** Predicts a revision of a report: its predictions, and the report model with all numbers of the report. */
import type { ReportModel } from "../../../shared/api/report-model.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { markOvertaken, markPredicted, type ReportRow } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { jsonPieces } from "../../../shared/lib/json-pieces.ts";
import type { Result } from "../../../shared/lib/result.ts";
import { encodePieces } from "../../../shared/lib/utf8.ts";
import { computeReport } from "../../../shared/reports/compute-report.ts";
import { findingsOf } from "../../../shared/reports/findings.ts";
import { reportKey } from "../../../shared/reports/keys.ts";
import { viewOf } from "../../../shared/reports/view.ts";
import type { Hub } from "../hub.ts";
import type { HistoryEffects } from "../ingest/write-history.ts";
import { factsOfDecision } from "../registry/describe.ts";
import { readCard } from "../registry/verify.ts";
import { type AnsweredOrigin, answerOrigin, loadModels, storeOrigin } from "./answer-origin.ts";
import { contentTypes } from "./content-types.ts";
import { countOpen } from "./count-open.ts";
import { readHistory, readPanel } from "./read-history.ts";
import { readReportRecord } from "./read-record.ts";
import { readReportFeeds } from "./report-feeds.ts";

export type PredictingHub = HistoryEffects & Pick<Hub, "onnx" | "variables">;

/** The outcome of a revision's prediction. `overtaken`: newer data or another champion came first. */
export type PredictedRevision =
  | {
      readonly kind: "predicted";
      readonly version: string | null;
      readonly series: number;
      readonly predictions: number;
    }
  | { readonly kind: "overtaken" };

/**
 * Predicts a requested revision. Writes the predictions and the report model to R2, then the row: a try that was interrupted before
 * the row leaves objects that the next try replaces.
 */
export async function predictRevision(
  hub: PredictingHub,
  forecast: Forecast,
  row: ReportRow,
): Promise<PredictedRevision> {
  const [history, champion] = await Promise.all([readHistory(hub, forecast), findChampion(hub.db, forecast.id)]);
  if (history?.number !== row.history || (champion?.number ?? 0) !== row.change) {
    await markOvertaken(hub.db, row);
    return { kind: "overtaken" };
  }
  const now = hub.now();
  const models = await loadModels(hub, forecast);
  const answered = models?.ok ? await answerOrigin(models.value, { ...history, now }) : models;
  const stored = answered?.ok
    ? await storeOrigin(hub, forecast, { key: row, parts: answered.value.parts })
    : { file: null, count: 0 };
  const model = await modelOf(hub, forecast, { row, answered, now });
  await hub.lake.put(reportKey(row, "report.json"), encodePieces(jsonPieces(model, "\n")), {
    httpMetadata: { contentType: contentTypes["report.json"] },
  });
  const answer = answered?.ok ? answered.value.answer : null;
  const version = answer?.model.version ?? null;
  await markPredicted(hub.db, row, {
    version,
    target: answer?.target_period ?? null,
    predictions: stored.file,
    summary: findingsOf(viewOf(model)),
    at: now.toISOString(),
  });
  return { kind: "predicted", version, series: model.series.length, predictions: stored.count };
}

interface ModelParts {
  readonly row: ReportRow;
  /** Null without a champion; a failure if no version can run. */
  readonly answered: Result<AnsweredOrigin> | null;
  readonly now: Date;
}

async function modelOf(
  hub: PredictingHub,
  forecast: Forecast,
  { row, answered, now }: ModelParts,
): Promise<ReportModel> {
  const found = answered?.ok ? answered.value : null;
  const card = found && (await readCard(hub, { forecast, version: found.answer.model.version }));
  const { record, past } = await readReportRecord(hub, forecast, card?.ok ? card.value.judged.naive : "naive");
  const panel = await readPanel(hub, forecast, row.origin);
  const open = await countOpen(hub, forecast, { panel, origin: row.origin, isPredicted: found !== null, now });
  const decision = found?.answer.model.decision;
  const serving = decision === undefined ? null : await factsOfDecision(hub, forecast, decision);
  const model = computeReport({
    forecast,
    panel,
    answer: found?.answer ?? null,
    sets: found?.sets ?? [],
    card: card?.ok ? card.value : null,
    ...(serving && { serving }),
    feeds: await readReportFeeds(hub, forecast),
    revision: row.revision,
    madeAt: now.toISOString(),
    ...(record !== null && { record }),
    ...(open !== null && { open }),
    past,
  });
  return answered?.ok === false ? { ...model, stale: answered.error } : model;
}
