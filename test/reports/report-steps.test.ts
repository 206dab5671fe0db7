/** Several steps and groups of series in a report. */
import { expect, test } from "vitest";
import { panelOfHistory } from "../../shared/api/history.ts";
import { isMissing } from "../../shared/api/report-model.ts";
import { stepsReach } from "../../shared/forecasts/steps-reach.ts";
import { allRows } from "../../shared/predict/all-series.ts";
import { groupAnswer } from "../../shared/predict/group-answer.ts";
import { predictRows } from "../../shared/predict/predict.ts";
import { seriesPath } from "../../shared/predict/series-path.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { setsOfSnapshot } from "../../shared/predict/step-forecasts.ts";
import { setsOfCard } from "../../shared/reports/card-sets.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { forecastCsv } from "../../shared/reports/report-csv.ts";
import { forecast, historyOf, servable, snapshotOf } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

const story = { hasChanges: true, card: { baselines: milkBaselines, steps: [...forecast.steps] } };
const facts = historyOf("2026-11-20", 80);
/** A history has the last periods of all facts: as many as the features and the steps read. */
const reach = stepsReach(forecast);
const history = {
  ...facts,
  periods: facts.periods.slice(-reach),
  series: facts.series.map((one) => ({ ...one, values: one.values.slice(-reach) })),
};
const snapshot = snapshotOf(story, history);
const panel = panelOfHistory(facts);

/** Returns the answer for all series, with its rows. */
function answerOf(snapshot: Snapshot) {
  const { rows } = allRows(snapshot, { from: 0, count: Number.POSITIVE_INFINITY });
  const predictions = predictRows(snapshot, { rows, explain: null });
  return { rows, predictions, answer: { ...snapshot.heads.fresh, predictions } };
}

function reported(from: "snapshot" | "card") {
  const sets = setsOfSnapshot(snapshot);
  const answered = answerOf(snapshot);
  const { card } = servable(story);
  const report = computeReport({
    forecast,
    panel,
    answer: answered.answer,
    sets: from === "card" ? setsOfCard(forecast, panel, { card, origin: "2026-11-20" }) : sets,
    card,
    feeds: [],
    revision: 1,
    madeAt: "2026-11-20T18:00:00.000Z",
  });
  return { report, sets, ...answered };
}

const { report, rows, predictions, sets } = reported("snapshot");

function setOf(name: string) {
  const set = sets.find((one) => one.name === name);
  if (set === undefined) throw new Error(`the forecast has no set ${name}`);
  return set;
}

test("every series has all steps, with the numbers of its path", () => {
  for (const [at, row] of rows.entries()) {
    const prediction = predictions[at];
    const series = report.series.find(({ is }) => is.join() === row.is.join());
    if (!prediction || !series) throw new Error("every row has a prediction and a series");
    const path = seriesPath(snapshot, { row, prediction }, forecast.steps);
    if (!path.ok) throw new Error(path.error.detail);
    expect(series.steps.map(({ step, period }) => [step, period])).toEqual(
      path.value.map(({ step, target_period }) => [step, target_period]),
    );
    for (const [index, { median, mean, quantiles, chances }] of series.steps.entries()) {
      const entry = path.value[index];
      expect(median).toBe(entry?.[forecast.output]);
      expect(mean).toBe(entry?.expected);
      expect(Object.fromEntries(quantiles.map(({ level, value }) => [level, value]))).toEqual(entry?.quantiles);
      expect(chances).toEqual(entry?.probabilities);
    }
  }
});

test("the headline and the states are the declared groups, with the numbers of their answers", () => {
  const { headline, levels } = report;
  if (isMissing(headline) || isMissing(levels)) throw new Error("missing");
  const head = snapshot.heads.fresh;
  const states = levels.levels.filter(({ seriesCount }) => seriesCount > 1).map((level) => ({ level, name: "state" }));
  for (const { level, name } of [{ level: headline, name: "nation" }, ...states]) {
    const set = setOf(name);
    const member = set.members.findIndex((is) => is.join() === level.is.join());
    const answer = groupAnswer(snapshot, head, { set, member }, forecast.steps);
    if (!answer.ok) throw new Error(answer.error.detail);
    expect(level.steps).toHaveLength(forecast.steps.length);
    expect(level.steps.map(({ median }) => median)).toEqual(answer.value.path?.map((one) => one[forecast.output]));
    expect(level.steps.map(({ quantiles }) => quantiles.at(-1)?.value)).toEqual(
      answer.value.path?.map(({ quantiles }) => quantiles?.["0.975"]),
    );
  }
});

test("forecast.csv has a line for each series and step", () => {
  const lines = [...forecastCsv(report)].join("").trim().split(/\r?\n/);
  expect(lines).toHaveLength(1 + rows.length * forecast.steps.length);
  expect(lines.at(-1)).toContain("2026-12-18");
});

test("a report from a card and all facts has the same steps as one from a snapshot", () => {
  expect(reported("card").report).toEqual(report);
});

test("a series without a recent value has further steps without ranges", () => {
  const [first, ...others] = history.series;
  if (!first) throw new Error("the history has series");
  const values = first.values.map((value, at) => (at >= first.values.length - 4 ? null : value));
  const late = snapshotOf(story, { ...history, series: [{ ...first, values }, ...others] });
  const { series } = computeReport({
    forecast,
    panel: late.panel,
    answer: answerOf(late).answer,
    sets: setsOfSnapshot(late),
    card: null,
    feeds: [],
    revision: 1,
    madeAt: "2026-11-20T18:00:00.000Z",
  });
  expect(series[0]?.steps.slice(1).map(({ quantiles }) => quantiles)).toEqual(forecast.steps.slice(1).map(() => []));
  expect(series[1]?.steps.at(-1)?.quantiles).toHaveLength(9);
});
