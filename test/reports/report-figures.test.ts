/** Every figure of the page, section by section, is that of report.json, the CSV files and the answer of /predict. */
import { expect, test } from "vitest";
import { panelOfHistory } from "../../shared/api/history.ts";
import { isMissing, type ReportModel, type StepForecast } from "../../shared/api/report-model.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { readCsv } from "../../shared/lib/csv.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { shownBands } from "../../shared/reports/intervals.ts";
import { reportPage } from "../../shared/reports/page/report-page.ts";
import { predictOrigin } from "../../shared/reports/predict-origin.ts";
import { renderFile } from "../../shared/reports/report-files.ts";
import { middleOf, type View, viewOf } from "../../shared/reports/view.ts";
import { eventModel, nextEventModel } from "../support/event-report-models.ts";
import { fixedModel, singleModel } from "../support/report-models.ts";
import { historyOf, snapshotOf } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/&(#?\w+);/g, (_, name: string) => entities[name] ?? "")
    .trim();

/** Returns the rows of the first table in a section of the page, as texts; the first row has the columns. */
function tableIn(page: string, section: string): string[][] {
  const from = page.indexOf(`<section id="${section}"`);
  const content = page.slice(from, page.indexOf("</section>", from));
  const table = content.slice(content.indexOf("<table"), content.indexOf("</table>"));
  return [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = ""]) => textOf(cell)),
  );
}

const pageOf = (view: View) => reportPage(view, []);
function csvOf(file: "report.csv" | "forecast.csv", model: ReportModel): string[][] {
  const read = readCsv(new TextDecoder().decode(renderFile(file, model, { rasterize: null }) ?? new Uint8Array()));
  if (!read.ok) throw new Error(read.error);
  return read.value.slice(1);
}

/** Predictions of all series of a snapshot at every step, by the code of /predict. */
async function predicted() {
  const history = { ...historyOf("2026-11-20", 60) };
  const snapshot = snapshotOf(
    { hasChanges: true, card: { baselines: milkBaselines, steps: [...milkMx.steps] } },
    history,
  );
  const answered = await predictOrigin(snapshot, null);
  if (!answered.ok) throw new Error(answered.error);
  const { answer, sets } = answered.value;
  const madeAt = "2026-11-20T15:00:00.000Z";
  const parts = { forecast: milkMx, panel: panelOfHistory(history), answer, sets, card: null, feeds: [] };
  return { answer, model: computeReport({ ...parts, revision: 1, madeAt }) };
}

test("the table of all series and both CSV files have the numbers that /predict answers", async () => {
  const { answer, model } = await predicted();
  const view = viewOf(model, "en");
  const [columns = [], ...rows] = tableIn(pageOf(view), "series");
  expect(rows).toHaveLength(answer.predictions.length);
  expect(rows.length).toBeGreaterThan(1);
  const { format } = view;
  const [csv, forecastCsv] = [csvOf("report.csv", model), csvOf("forecast.csv", model)];
  const nextLines = forecastCsv.filter((line) => line[5] === "1");
  for (const [at, prediction] of answer.predictions.entries()) {
    if (!("series" in prediction)) throw new Error("every series has a prediction");
    const { series, quantiles, probabilities, last } = prediction;
    const value = Number(prediction[milkMx.output]);
    const cell = (name: string) => rows[at]?.[columns.indexOf(name)];
    expect(milkMx.dimensions.map(cell)).toEqual(milkMx.dimensions.map((name) => series[name]));
    const [low = Number.NaN, high = Number.NaN] = [quantiles?.["0.05"], quantiles?.["0.95"]];
    expect(cell("Last")).toBe(format.value(last?.value ?? Number.NaN));
    expect(cell("Prediction")).toBe(format.value(value));
    const range = low === high ? format.value(low) : `${format.value(low)} – ${format.value(high)}`;
    expect(cell("Range, 9 in 10")).toBe(range);
    for (const [name, direction] of [
      ["Falls", "down"],
      ["Stays", "same"],
      ["Rises", "up"],
    ] as const)
      expect([name, cell(name)]).toEqual([name, format.percent(probabilities?.[direction] ?? Number.NaN)]);
    // The suggested price is the last declared column of the original.
    expect(csv[at]).toContain(String(value));
    const line = nextLines[at] ?? [];
    expect(line.slice(0, 4)).toEqual(milkMx.dimensions.map((name) => series[name]));
    expect(line[9]).toBe(String(value));
  }
});

/** Returns the row of a step in the table below a chart of levels. */
function rowOf({ format }: View, step: StepForecast): string[] {
  const middle = middleOf(step);
  const ranges = shownBands(step).map(({ low, high }) => `${format.value(low)} – ${format.value(high)}`);
  return [format.period(step.period), middle === null ? "" : format.value(middle), ...ranges];
}

test.each([
  ["panel", fixedModel()],
  ["single", singleModel()],
])("the level, groups, movers and record of the model %s are those of report.json", (_, model) => {
  for (const language of ["en", "es"]) {
    const view = viewOf(model, language);
    const { format, words } = view;
    const page = pageOf(view);
    if (isMissing(model.headline)) throw new Error("the model has a headline");
    const [, ...level] = tableIn(page, "level");
    const newest = [...model.headline.steps].reverse().map((step) => rowOf(view, step));
    const past = [...model.headline.history]
      .reverse()
      .map(({ period, value }) => [format.period(period), format.value(value)]);
    expect(level.map((row) => row.filter((text, at) => at < 2 || text !== ""))).toEqual([...newest, ...past]);
    if (!isMissing(model.levels)) {
      expect(tableIn(page, "groups").slice(1)).toEqual(
        model.levels.levels.map(({ is, seriesCount, history, steps }) => [
          ...[is.join(", "), format.count(seriesCount)],
          ...[format.period(history.at(-1)?.period ?? ""), format.value(history.at(-1)?.value ?? Number.NaN)],
          format.value(steps.at(-1)?.median ?? Number.NaN),
        ]),
      );
    }
    if (!isMissing(model.movers)) {
      const percents = (text = "") => /\((.*)\)$/.exec(text)?.[1];
      expect(
        tableIn(page, "movers")
          .slice(1)
          .map(([name, down, up]) => [name, percents(down), percents(up)]),
      ).toEqual(
        model.movers.map((at) => {
          const { is, steps } = model.series[at] ?? { is: [], steps: [] };
          const { down = Number.NaN, up = Number.NaN } = steps[0]?.chances ?? {};
          return [is.join(", "), format.percent(down), format.percent(up)];
        }),
      );
    }
    if (isMissing(model.record)) continue;
    expect(tableIn(page, "record").slice(1)).toEqual(
      model.record.windows.map(({ publications, isAll, skill, low, high }) => [
        (isAll ? words.record.all : words.record.window)(format.count(publications)),
        format.change(skill ?? Number.NaN),
        low === null || high === null ? "" : `${format.change(low)} – ${format.change(high)}`,
      ]),
    );
    for (const { level: chance, share } of model.record.coverage)
      expect(textOf(page)).toContain(words.record.coverage(words.chance(chance), format.percent(share)));
  }
});

test.each([
  ["event", eventModel()],
  ["next event", nextEventModel()],
])("the probabilities and drivers of the model %s are those of report.json and forecast.csv", (_, model) => {
  const view = viewOf(model, "en");
  const { format } = view;
  const page = pageOf(view);
  const steps = model.series.flatMap((series) => series.steps);
  const probabilities = steps.map(({ event }) => format.percent(event ?? Number.NaN));
  const baselines = steps.map(({ baseline }) => format.percent(baseline ?? Number.NaN));
  expect(
    tableIn(page, "next")
      .slice(1)
      .map(([, event, , baseline]) => [event, baseline]),
  ).toEqual(probabilities.map((one, at) => [one, baselines[at]]));
  if (model.event === null || isMissing(model.event.drivers)) throw new Error("the model has drivers");
  expect(
    tableIn(page, "drivers")
      .slice(1)
      .map(([name, , contribution]) => [name, contribution]),
  ).toEqual(model.event.drivers.map(({ feature, contribution }) => [feature, format.points(contribution)]));
  const column = model.forecast.dimensions.length + 5;
  expect(csvOf("forecast.csv", model).map((line) => line[column])).toEqual(steps.map(({ event }) => String(event)));
  if (model.series.length > 1)
    expect(
      tableIn(page, "series")
        .slice(1)
        .map((row) => row[3]),
    ).toEqual(probabilities);
});

test("the data section has the counts, the last period and the times of report.json", () => {
  const view = viewOf(fixedModel(), "en");
  const page = pageOf(view);
  const from = page.indexOf('<section id="data"');
  const text = textOf(
    page.slice(from, page.indexOf("</section>", from)).replaceAll("<dd>", " ").replaceAll("<br>", " "),
  );
  for (const { lastPeriod, fetchedAt, refused, held } of view.model.feeds) {
    if (isMissing(refused) || isMissing(held)) throw new Error("the model shows what was rejected and held");
    expect(text).toContain(view.format.period(lastPeriod ?? ""));
    expect(text).toContain(view.format.time(fetchedAt ?? ""));
    for (const { reason, count } of refused) expect(text).toContain(`${reason}: ${view.format.count(count)}`);
    for (const { since, reason } of held) expect(text).toContain(`since ${view.format.time(since)}: ${reason}`);
  }
});
