import { expect, test } from "vitest";
import { batchAnswerShape } from "../../shared/api/predict.ts";
import { explainerOf } from "../../shared/predict/load-model.ts";
import {
  answerRows,
  type PredictOptions,
  prepareRows,
  readPredictRequest,
  refuseExplaining,
} from "../../shared/predict/predict.ts";
import { historyOf, instanceOf, servable, snapshotOf } from "../support/served.ts";

const options: PredictOptions = { textNumbers: false, partial: false, explain: null };

function answer(body: unknown, snapshot = snapshotOf(), given = options) {
  const read = readPredictRequest(body);
  if (!read.ok) return read.error;
  const prepared = prepareRows(snapshot, read.value, given);
  if (!prepared.ok) return prepared.error;
  return answerRows(snapshot, { ...prepared.value, kind: read.value.kind, stale: false });
}

test("a request for all series gives the same answers as separate requests for each series that can be forecast", () => {
  const history = historyOf();
  const silent = { is: ["Jalisco", "Zapopan", "Pasteurizada", "Tiendas"], values: history.periods.map(() => null) };
  const snapshot = snapshotOf({}, { ...history, series: [...history.series, silent] });
  const all = batchAnswerShape.parse(answer({ all: true }, snapshot));
  const separate = batchAnswerShape.parse(answer({ instances: [0, 1, 2, 3].map((at) => instanceOf(at)) }, snapshot));
  expect(all).toEqual({ ...separate, next_from: null });
});

test("more series than one request may have are answered in consecutive pieces", () => {
  const history = historyOf("2026-11-20", 3);
  const series = Array.from({ length: 2_500 }, (_, at) => ({
    is: ["Jalisco", `Ciudad ${at}`, "Pasteurizada", "Tiendas"],
    values: [at, at, at],
  }));
  const snapshot = snapshotOf({}, { ...history, series });
  const cities: (string | undefined)[] = [];
  const sizes: number[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const piece = batchAnswerShape.parse(answer({ all: true, from }, snapshot));
    sizes.push(piece.predictions.length);
    cities.push(...piece.predictions.map((one) => ("series" in one ? one.series.Ciudad : undefined)));
    from = piece.next_from ?? null;
  }
  expect(sizes).toEqual([1_000, 1_000, 500]);
  expect(cities).toEqual(series.map(({ is }) => is[1]));
});

test("with explanations, a piece has at most as many series as can be explained in one request", () => {
  const history = historyOf("2026-11-20", 3);
  const series = Array.from({ length: 250 }, (_, at) => ({
    is: ["Jalisco", `Ciudad ${at}`, "Pasteurizada", "Tiendas"],
    values: [at, at, at],
  }));
  const snapshot = snapshotOf({}, { ...history, series });
  const explain = explainerOf(servable().model, snapshot.model.card);
  const sizes: number[] = [];
  for (let from: number | null = 0; from !== null; ) {
    expect(refuseExplaining({ kind: "all", from })).toBeNull();
    const piece = batchAnswerShape.parse(answer({ all: true, from }, snapshot, { ...options, explain }));
    for (const one of piece.predictions) expect(one).toMatchObject({ explanation: { exact: true } });
    sizes.push(piece.predictions.length);
    from = piece.next_from ?? null;
  }
  expect(sizes).toEqual([100, 100, 50]);
});

test.each([
  [{ all: "yes" }, "all"],
  [{ all: true, from: -1 }, "from"],
  [{ all: true, from: 1.5 }, "from"],
  [{ all: true, instances: [] }, "instances"],
  [{ all: true, Estado: "Jalisco" }, "Estado"],
])("%j is refused, and the refusal names the field", (body, field) => {
  expect(answer(body)).toMatchObject({ kind: "unprocessable", field });
});
