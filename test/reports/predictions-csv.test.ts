import { expect, test } from "vitest";
import { batchAnswerShape } from "../../shared/api/predict.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { readCsv } from "../../shared/lib/csv.ts";
import { answerRows, prepareRows, readPredictRequest } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { predictionsCsv } from "../../shared/reports/predictions-csv.ts";
import { snapshotOf } from "../support/served.ts";
import { classSnapshot } from "../support/served-classes.ts";
import { goldSnapshot } from "../support/served-gold.ts";

function answer(snapshot: Snapshot, body: unknown) {
  const read = readPredictRequest(body);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const prepared = prepareRows(snapshot, read.value, { textNumbers: false, partial: true, explain: null });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
  return batchAnswerShape.parse(answerRows(snapshot, { ...prepared.value, kind: read.value.kind, stale: false }));
}

test("all series are written in the forecast's columns, with the target's date and the answered numbers", () => {
  const text = predictionsCsv(milkMx, answer(snapshotOf(), { all: true }));
  expect(text.split("\r\n")).toEqual([
    "Estado,Ciudad,Tipo,Canal,día,mes,año,dia_semana,Precio_lag1,Precio_mean7,Precio_sugerido",
    "Jalisco,Guadalajara,Pasteurizada,Autoservicios,23,11,2026,0,25.25,24.928572,25.75",
    expect.stringMatching(/^Jalisco,Guadalajara,Pasteurizada,Tiendas,23,11,2026,0,/),
    expect.stringMatching(/^Jalisco,Zapopan,Pasteurizada,Autoservicios,23,11,2026,0,/),
    expect.stringMatching(/^México,Toluca,Ultrapasteurizada,Tiendas,23,11,2026,0,/),
    "",
  ]);
});

test("one series has the last date and price, the predicted change and the model version", () => {
  const snapshot = goldSnapshot();
  const received = answer(snapshot, { all: true });
  const [prediction] = received.predictions;
  const read = readCsv(predictionsCsv(gold, received));
  expect(read.ok && read.value).toEqual([
    ["Date", "Actual_EUR", "Predicted_Next_Day_Change", "model_run_id"],
    [
      "2016-12-30",
      String(snapshot.series[0]?.last?.value),
      String(prediction && "gold_diff" in prediction && prediction.gold_diff),
      "20161230-aaaaaaaa",
    ],
  ]);
});

test("a price above 1,000 has no thousands separator, and a failed instance has no line", () => {
  const instances = [{ Date: "2023-10-01", EUR: 12345.6 }, { EUR: -1 }, { Date: "2016-12-30" }];
  const [, first = "", second = "", end] = predictionsCsv(gold, answer(goldSnapshot(), { instances })).split("\r\n");
  expect(first).toMatch(/^2023-09-29,12345\.6,-?[0-9.]+,20161230-aaaaaaaa$/);
  expect(second).toMatch(/^2016-12-30,/);
  expect(end).toBe("");
});

test("a forecast without declared columns has the default ones", () => {
  const { csv: _, ...plain } = milkMx;
  const [header, line] = predictionsCsv(plain, answer(snapshotOf(), { all: true })).split("\r\n");
  expect(header).toBe("Estado,Ciudad,Tipo,Canal,target_period,last_period,last_value,predicted_price,model_version");
  expect(line).toBe(
    "Jalisco,Guadalajara,Pasteurizada,Autoservicios,2026-11-23,2026-11-20,25.25,25.75,20261120-aaaaaaaa",
  );
});

test("the distribution follows the forecast's columns if it is requested; cells without a distribution are empty", () => {
  const withDistribution = (snapshot: Snapshot) => {
    const text = predictionsCsv(milkMx, answer(snapshot, { all: true }), { withDistribution: true });
    return text.split("\r\n").map((line) => line.split(",").slice(11));
  };
  const [header, line] = withDistribution(snapshotOf({ hasChanges: true }));
  expect(header).toEqual([
    "expected",
    ...["down_probability", "same_probability", "up_probability"],
    ...["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"].map((level) => `quantile_${level}`),
  ]);
  expect(line?.slice(4)).toEqual(["25.15", "25.15", "25.25", "25.25", "25.25", "25.5", "25.5", "25.75", "25.75"]);
  expect(withDistribution(snapshotOf())[1]).toEqual(header?.map(() => ""));
});

test("the default columns of a classification have the label and the threshold", () => {
  const text = predictionsCsv(sickness, answer(classSnapshot(), { all: true }));
  const [header, line] = text.split("\r\n");
  expect(header).toBe("target_period,last_period,last_value,probability,label,threshold,model_version");
  expect(line).toMatch(/^2024-07-31,2024-07-30,1,[0-9.e-]+,(sick|healthy),0\.7,20240730-aaaaaaaa$/);
});
