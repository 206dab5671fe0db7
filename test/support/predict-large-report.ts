/**
 * Predicts 2,000 series and their groups at 12 steps, writes the predictions and computes the report, as the step `predict` of the
 * flow `report` does, in a process of its own whose heap is limited. Prints the bytes of both files, and the largest size of the
 * buffers outside the heap, in MB.
 */
import { panelOfHistory } from "../../shared/api/history.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { jsonPieces } from "../../shared/lib/json-pieces.ts";
import { encodePieces } from "../../shared/lib/utf8.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { predictOrigin } from "../../shared/reports/predict-origin.ts";
import { predictionParts } from "../../shared/track-record/publish-snapshot.ts";
import { type PublishedPrediction, writePredictionParts } from "../../shared/track-record/published-prediction.ts";
import { largeHistory } from "./large-history.ts";
import { snapshotOf } from "./served.ts";
import { milkBaselines } from "./step-baselines.ts";

const madeAt = "2026-11-20T15:00:00.000Z";

let buffersMb = 0;
function* watched(parts: Iterable<readonly PublishedPrediction[]>) {
  for (const part of parts) {
    buffersMb = Math.max(buffersMb, process.memoryUsage().arrayBuffers / 1e6);
    yield part;
  }
}

const history = largeHistory();
const snapshot = snapshotOf(
  { hasChanges: true, card: { baselines: milkBaselines, steps: [...milkMx.steps] } },
  history,
);
const answered = await predictOrigin(snapshot, null);
if (!answered.ok) throw new Error(answered.error);
const { answer, evaluated, sets } = answered.value;
const parts = await predictionParts({ snapshot, evaluated, baseline: snapshot, publishedAt: madeAt });
if (!parts.ok) throw new Error(parts.error.reason);
const parquetBytes = writePredictionParts(milkMx, watched(parts.value)).length;
const panel = panelOfHistory(history);
const model = computeReport({ forecast: milkMx, panel, answer, sets, card: null, feeds: [], revision: 1, madeAt });
const jsonBytes = encodePieces(jsonPieces(model, "\n")).length;
console.log(JSON.stringify({ parquetBytes, jsonBytes, buffersMb: Math.round(buffersMb) }));
