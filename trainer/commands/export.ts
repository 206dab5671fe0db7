/** `almanac export FORECAST --files FILE… --out DIR`: writes the model file, its card, and rows to verify it in any ONNX runtime. */
import type { Dataset, RowRange } from "../../shared/features/dataset.ts";
import { rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { writeCsv } from "../../shared/lib/csv.ts";
import { isoPeriod } from "../../shared/period.ts";
import { type Inputs, inputsOf } from "../../shared/training/inputs.ts";
import type { Published } from "../../shared/training/publish.ts";
import { readAsOf } from "../check-files.ts";
import { knownForecast } from "../known.ts";
import { makeOutFolder } from "../make-folder.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";
import { codeVersion } from "../training/code-version.ts";
import { judgePublications, type PublicationOptions } from "../training/judge-publications.ts";
import { readTrainingOptions, withOnly } from "../training/options.ts";
import { withPool } from "../training/run-contest.ts";
import { publishOrFail } from "../training/train.ts";
import { writeAllInside } from "../write-inside.ts";

export async function exportModel(
  forecastId: string,
  options: PublicationOptions & { readonly out: string },
): Promise<void> {
  const forecast = withOnly(knownForecast(forecastId), options.only);
  const folder = makeOutFolder(options.out);
  const { prepared, contest, outcome } = await judgePublications(forecast, options, readAsOf(options.asOf, new Date()));
  const { judgement, bench } = contest.judged;
  const published = await withPool(prepared, (pool) =>
    publishOrFail(
      {
        forecast,
        bench,
        judgement,
        recipe: outcome.recipe,
        reason: outcome.reason,
        outcome,
        seed: readTrainingOptions(options).seed,
        codeVersion: codeVersion(),
        trials: contest.trials.length,
        dataHash: prepared.dataHash,
        observations: prepared.observations,
        breaks: prepared.breaks,
      },
      pool,
    ),
  );
  const train = { from: 0, to: rowsOf(windowsOf(prepared.data, forecast.validation).test).from };
  await writeAllInside(folder, [
    { path: "model.onnx", bytes: published.model },
    { path: "card.json", bytes: `${JSON.stringify(published.card, null, 1)}\n` },
    { path: "rows.csv", bytes: rowsCsv(published) },
    { path: "train.csv", bytes: trainCsv(prepared.data, train) },
  ]);
  const { model, version, recipe } = published.card;
  if (options.json) {
    return printJson({
      forecast: forecast.id,
      version,
      candidate: recipe.candidate,
      out: folder,
      model,
      rows: judgement.test.rows,
      verdict: outcome.verdict,
      reason: outcome.reason,
    });
  }
  print(`\n${recipe.candidate}, ${thousands(model.bytes)} bytes, ${thousands(model.nodes)} nodes: ${folder}`);
  print(
    `model.onnx, card.json, rows.csv (${thousands(judgement.test.rows)} rows of the test window with the expected outputs), train.csv (${thousands(train.to)} earlier rows with the target)`,
  );
  print(prose(outcome.reason));
}

/** Writes one line per row: all inputs, then all outputs as `expected_<name>`. A missing number is an empty field. */
function rowsCsv({ rows }: Published): string {
  const inputs = Object.entries(rows.inputs);
  const outputs = Object.entries(rows.outputs);
  const header = [...inputs.map(([name]) => name), ...outputs.map(([name]) => `expected_${name}`)];
  const columns = [...inputs, ...outputs].map(([, values]) => values);
  const count = outputs[0]?.[1].length ?? 0;
  return writeCsv(
    header,
    Array.from({ length: count }, (_, row) => columns.map((values) => cell(values, row))),
  );
}

/** Writes one line per row before the test window: the period and the value of the target, then all inputs. */
function trainCsv(data: Dataset, rows: RowRange): string {
  const inputs = Object.entries(inputsOf(data, rows));
  const header = ["target_period", "target", ...inputs.map(([name]) => name)];
  return writeCsv(
    header,
    Array.from({ length: rows.to - rows.from }, (_, at) => {
      const row = rows.from + at;
      const period = isoPeriod(data.periods[data.period[row] ?? 0] ?? "");
      return [period, cell(data.target, row), ...inputs.map(([, values]) => cell(values, at))];
    }),
  );
}

function cell(values: Inputs[string] | Float64Array, row: number): string | number | null {
  const value = values[row];
  return value === undefined || Number.isNaN(value) ? null : value;
}
