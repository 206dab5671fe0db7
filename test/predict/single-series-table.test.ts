/** MLflow's protocol for a forecast of one series: missing columns come from the history. */
import { describe, expect, test } from "vitest";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import { runEngine } from "../../shared/predict/engines.ts";
import { readInvocation, readInvocationCsv } from "../../shared/predict/mlflow.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { inputsOfRequest, isNumberColumn } from "../../shared/predict/single-series-table.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { instanceOf, snapshotOf } from "../support/served.ts";
import { goldSnapshot } from "../support/served-gold.ts";

const plain = goldSnapshot();
const inputCount = plain.model.inputs.length;
const snapshot = { ...plain, forecast: { ...plain.forecast, aliases: { step: "EUR_dif1" } } };
const aliased = {
  ...snapshot,
  fields: { ...plain.fields, find: (name: string) => plain.fields.find(name === "step" ? "EUR_dif1" : name) },
};

async function predicted(body: unknown, from = aliased): Promise<number[] | string> {
  const read =
    typeof body === "string"
      ? readInvocationCsv(body, (name) => isNumberColumn(from, name))
      : readInvocation(JSON.stringify(body));
  if (!read.ok) return read.error;
  const inputs = inputsOfRequest(from, read.value);
  if (!inputs.ok) return inputs.error;
  const run = await runEngine(from.model.engine, inputs.value);
  if (!run.ok) return run.error.reason;
  return Array.from(run.value[predictionOutput] ?? []);
}

/** Returns the answer of `/predict` to the same instance. */
function answerOf(instance: Record<string, unknown>) {
  const prepared = prepareRows(
    plain,
    { kind: "single", instance },
    { textNumbers: false, partial: false, explain: null },
  );
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
  return fullAnswerShape.parse(answerRows(plain, { ...prepared.value, kind: "single", stale: false }));
}

const answeredPrice = (instance: Record<string, unknown>) =>
  expect.closeTo(Number(answerOf(instance).predicted_price), 2);

describe("one series", () => {
  test("missing values come from the history, or from the day and price of the row", async () => {
    expect(await predicted({ dataframe_records: [{ weekday: 0 }] })).toEqual([answeredPrice({})]);
    expect(
      await predicted({
        dataframe_split: {
          columns: ["Date", "EUR"],
          data: [
            ["2023-10-01", 1200],
            ["2016-12-05", null],
            [null, 1100],
          ],
        },
      }),
    ).toEqual([
      answeredPrice({ Date: "2023-10-01", EUR: 1200 }),
      answeredPrice({ Date: "2016-12-05" }),
      answeredPrice({ EUR: 1100 }),
    ]);
    expect(await predicted("Date,EUR\r\n2016-12-05,\r\n")).toEqual([answeredPrice({ Date: "2016-12-05" })]);
    expect(await predicted("Date,EUR\r\n,1100\r\n2016-12-05,\r\n,\r\n")).toEqual([
      answeredPrice({ EUR: 1100 }),
      answeredPrice({ Date: "2016-12-05" }),
      answeredPrice({}),
    ]);
  });

  test("objects may have different names: a missing value comes from the history, not from another object", async () => {
    const rows = [{ Date: "2016-12-05" }, { EUR: 1100 }, { step: 0.02 }];
    expect(await predicted({ dataframe_records: rows })).toEqual([
      answeredPrice({ Date: "2016-12-05" }),
      answeredPrice({ EUR: 1100 }),
      answeredPrice({ EUR_dif1: 0.02 }),
    ]);
  });

  test("a day may have the time of midnight, and a price may be text or a list of one number, as Python's clients send them", async () => {
    const expected = [answeredPrice({ Date: "2016-12-05", EUR: 1200.5 })];
    for (const day of ["2016-12-05T00:00:00", "2016-12-05 00:00:00", "2016-12-05T00:00:00.000Z", "12/5/2016"]) {
      expect(await predicted({ dataframe_split: { columns: ["Date", "EUR"], data: [[day, "1200.5"]] } })).toEqual(
        expected,
      );
    }
    expect(await predicted({ inputs: { Date: [["2016-12-05T00:00:00"]], EUR: [[1200.5]] } })).toEqual(expected);
    expect(await predicted("Date,EUR\r\n2016-12-05T00:00:00,1200.5\r\n")).toEqual(expected);
    expect(await predicted({ dataframe_records: [{ Date: "2016-12-05T13:00:00", EUR: 1200.5 }] })).toContain(
      "Row 0: Date is not a day of the calendar. Found: 2016-12-05T13:00:00.",
    );
  });

  test("a single column without a name is the price of the last day, one row for each value", async () => {
    const expected = [answeredPrice({ EUR: 1830.5 }), answeredPrice({ EUR: 1840.5 })];
    for (const form of ["instances", "inputs"]) {
      expect(await predicted({ [form]: [[1830.5], [1840.5]] })).toEqual(expected);
      expect(await predicted({ [form]: [1830.5, 1840.5] })).toEqual(expected);
    }
  });

  test("with refused rows, an invalid day refuses only its row", () => {
    const refused = new Map<number, string>();
    const rows = [["2016-12-05"], ["2016-13-05"]];
    expect(inputsOfRequest(aliased, { columns: ["Date"], rows }, refused).ok).toBe(true);
    expect([...refused]).toEqual([[1, expect.stringContaining("Row 1: Date is not a day of the calendar.")]]);
  });

  test("more rows than fit in memory, or with too many days, are refused before they are computed", async () => {
    const table = (columns: readonly string[], row: string, count: number) => ({
      dataframe_split: { columns, data: Array(count).fill(JSON.parse(row)) },
    });
    const most = Math.floor(1_000_000 / inputCount);
    expect(await predicted(table([], "[]", 50_000))).toBe(
      `The table is too large: found 50000 rows, expected at most ${most} of ${inputCount} columns in one request.`,
    );
    expect(await predicted(table(["EUR"], "[1200]", 10_001))).toContain(
      "Found 10001 rows with a day or its value, expected at most 10000",
    );
  });

  test("columns may have any name of their field, in JSON and CSV", async () => {
    const expected = [answeredPrice({ EUR: 1200, EUR_dif1: 0.02 })];
    expect(await predicted({ dataframe_records: [{ EUR: 1200, step: 0.02 }] })).toEqual(expected);
    expect(await predicted("EUR,step\r\n1200,0.02\r\n")).toEqual(expected);
    expect(await predicted("eur,EUR_DIF1\r\n1200,0.02\r\n".toUpperCase())).toEqual(expected);
  });

  test("a number that is null is missing, and does not come from the history", async () => {
    expect(await predicted({ dataframe_records: [{ EUR: 1200, step: null }] })).toEqual([1200]);
  });

  test("raw features in the model's order are accepted", async () => {
    const { features } = answerOf({});
    const row = plain.model.inputs.map(({ name }) => features[name]);
    expect(await predicted({ instances: [row] })).toEqual([answeredPrice({})]);
    expect(await predicted({ dataframe_records: [{ ...features, stranger: 1 }] })).toEqual([answeredPrice({})]);
  });

  test.each([
    [{ dataframe_records: [{ EURO: 1200 }] }, "There is no input EURO; did you mean EUR?"],
    [{ dataframe_records: [{ EUR: -5 }] }, "Row 0: EUR is not a valid observation. Found: -5."],
    [{ dataframe_records: [{ EUR: 5 }, { Date: "2023-02-30", EUR: 5 }] }, "Row 1: Date is not a day of the calendar."],
    [{ dataframe_records: [{ Date: "2023-10-01" }] }, "Row 0: The history has no value of 2023-09-29"],
    [{ dataframe_records: [{ step: 1, EUR_dif1: 1 }] }, "Column EUR_dif1 is the same field as step."],
    [{ dataframe_records: [{ step: "much" }] }, 'Input EUR_dif1, row 0: found "much", expected a number or null.'],
    [{ instances: [[1, 2]] }, `Row 0 has 2 values, expected ${inputCount}.`],
  ])("%j is refused with a reason", async (body, sentence) => {
    expect(await predicted(body)).toContain(sentence);
  });
});

test("a forecast of many series needs all raw features, because a row does not name its series", async () => {
  const panel = snapshotOf();
  const read = readInvocation(JSON.stringify({ dataframe_records: [instanceOf(0)] }));
  if (!read.ok) throw new Error(read.error);
  expect(inputsOfRequest(panel, read.value)).toMatchObject({
    ok: false,
    error: expect.stringContaining('Model is missing inputs ["dia","mes"'),
  });
});
