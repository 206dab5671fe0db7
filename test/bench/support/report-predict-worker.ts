/**
 * The step `predict` of the flow `report` with 2,000 series, with the functions of the hub: facts from D1, predictions of every
 * step and the report model to R2.
 */
import { drizzle } from "drizzle-orm/d1";
import { buildHistory } from "../../../shared/api/history.ts";
import type { Database } from "../../../shared/db/database.ts";
import { factsOfForecast } from "../../../shared/db/history.ts";
import * as schema from "../../../shared/db/schema.ts";
import { granularityOfFeed } from "../../../shared/feeds/index.ts";
import { milkMx } from "../../../shared/forecasts/milk-mx.ts";
import { jsonPieces } from "../../../shared/lib/json-pieces.ts";
import { encodePieces } from "../../../shared/lib/utf8.ts";
import { computeReport } from "../../../shared/reports/compute-report.ts";
import { predictOrigin } from "../../../shared/reports/predict-origin.ts";
import { forecastPanel } from "../../../shared/sources/facts.ts";
import { predictionParts } from "../../../shared/track-record/publish-snapshot.ts";
import { writePredictionParts } from "../../../shared/track-record/published-prediction.ts";
import { snapshotOf } from "../../support/served.ts";
import { milkBaselines } from "../../support/step-baselines.ts";

interface Env {
  readonly DB: Database["$client"];
  readonly LAKE: { put(key: string, bytes: Uint8Array): Promise<unknown> };
}

const madeAt = "2026-11-20T15:00:00.000Z";
/** As many periods as charts, levels and usual changes read. */
const shownPeriods = 120;

export default {
  /** Answers the bytes of both files. */
  async fetch(_: Request, { DB, LAKE }: Env): Promise<Response> {
    // The type of Drizzle needs members of D1 that it does not use.
    const db = drizzle(DB as unknown as Parameters<typeof drizzle>[0], { schema });
    const history = buildHistory(milkMx, await factsOfForecast(db, milkMx, granularityOfFeed));
    const card = { baselines: milkBaselines, steps: [...milkMx.steps] };
    const snapshot = snapshotOf({ hasChanges: true, card }, history);
    const answered = await predictOrigin(snapshot, null);
    if (!answered.ok) throw new Error(answered.error);
    const { answer, evaluated, sets } = answered.value;
    const parts = await predictionParts({ snapshot, evaluated, baseline: snapshot, publishedAt: madeAt });
    if (!parts.ok) throw new Error(parts.error.reason);
    const parquet = writePredictionParts(milkMx, parts.value);
    await LAKE.put("part.parquet", parquet);
    const needs = { ...milkMx, periodsMin: shownPeriods };
    const panel = forecastPanel(milkMx, await factsOfForecast(db, needs, granularityOfFeed));
    const model = computeReport({ forecast: milkMx, panel, answer, sets, card: null, feeds: [], revision: 1, madeAt });
    const json = encodePieces(jsonPieces(model, "\n"));
    await LAKE.put("report.json", json);
    return Response.json({ parquet: parquet.length, json: json.length, series: model.series.length });
  },
};
