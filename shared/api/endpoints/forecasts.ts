/** `/forecasts`: the champion, its changes and the recorded predictions. */
import { backfillAnswerShape } from "../backfills.ts";
import { championAnswerShape, rollbackShape } from "../champions.ts";
import type { Endpoint } from "../endpoint.ts";
import { inputsPageShape, inputsQueryShape, predictionsPageShape, predictionsQueryShape } from "../predictions.ts";
import {
  periodScoresQueryShape,
  periodScoresShape,
  recordAnswerShape,
  recordFilesQueryShape,
  recordFilesShape,
  recordQueryShape,
  seriesRecordAnswerShape,
  seriesRecordQueryShape,
} from "../record.ts";

export const forecastEndpoints = {
  getChampion: { method: "GET", path: "/forecasts/{forecast}/champion", answer: championAnswerShape },
  getBackfill: { method: "GET", path: "/forecasts/{forecast}/backfill", answer: backfillAnswerShape },
  rollBack: {
    method: "POST",
    path: "/forecasts/{forecast}/rollback",
    token: "hub",
    body: rollbackShape,
    answer: championAnswerShape,
  },
  listPredictions: {
    method: "GET",
    path: "/forecasts/{forecast}/predictions",
    token: "hub",
    query: predictionsQueryShape.omit({ format: true, bom: true }),
    answer: predictionsPageShape,
  },
  listInputs: {
    method: "GET",
    path: "/forecasts/{forecast}/inputs",
    query: inputsQueryShape.omit({ format: true, bom: true }),
    answer: inputsPageShape,
  },
  getRecord: {
    method: "GET",
    path: "/forecasts/{forecast}/record",
    query: recordQueryShape.omit({ format: true, bom: true }),
    answer: recordAnswerShape,
  },
  listRecordFiles: {
    method: "GET",
    path: "/forecasts/{forecast}/record/files",
    query: recordFilesQueryShape.omit({ format: true, bom: true }),
    answer: recordFilesShape,
  },
  downloadRecordFile: { method: "GET", path: "/forecasts/{forecast}/record/files/{path}", answer: "bytes" },
  getSeriesRecord: {
    method: "GET",
    path: "/forecasts/{forecast}/record/series",
    query: seriesRecordQueryShape,
    answer: seriesRecordAnswerShape,
  },
  getPeriodScores: {
    method: "GET",
    path: "/forecasts/{forecast}/record/periods/{period}",
    query: periodScoresQueryShape.omit({ format: true, bom: true }),
    answer: periodScoresShape,
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
