/** The publication lag of a source decides when its values are known, and of nothing else. */
import { expect, test } from "vitest";
import { boundFeature } from "../../shared/features/feature.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { milkCl } from "../../shared/forecasts/milk-cl.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addPeriods } from "../../shared/period.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { trainingDataOf } from "../../shared/sources/training-data.ts";
import { seededRandom } from "../support/chance.ts";

const random = seededRandom(7);
const months = Array.from({ length: 60 }, (_, at) => addPeriods("2014-01", at));
const facts = new Map(
  milkCl.sources.map(({ feed, variables }) => [
    feed,
    variables.flatMap((variable) =>
      months.map((period): Fact => ({ series: "[]", period, variable, value: 100 + 50 * random() })),
    ),
  ]),
);

/** Returns the values of each feature by its name, one for each target month. */
function columnsOf(forecast: Forecast): ReadonlyMap<string, readonly unknown[]> {
  const { columns } = trainingDataOf(forecast, forecastPanel(forecast, facts));
  return new Map(
    columns.map((column) => [
      column.name,
      column.dtype === "float" ? [...column.values] : [...column.codes].map((code) => column.categories[code]),
    ]),
  );
}

test.each(milkCl.sources.slice(1).map(({ feed, variables }) => ({ feed, variables })))(
  "one month more of lag for $feed moves exactly the features that read it, by one month",
  ({ feed, variables }) => {
    const sources = milkCl.sources.map((source) =>
      source.feed === feed ? { ...source, lag: source.lag + 1 } : source,
    );
    const [before, after] = [columnsOf(milkCl), columnsOf({ ...milkCl, sources })];
    const moved = milkCl.features.filter((feature) => variables.includes(boundFeature(feature).variable ?? ""));
    expect(moved).toHaveLength(variables.length);
    for (const { name } of milkCl.features) {
      const [own, later] = [before.get(name) ?? [], after.get(name) ?? []];
      if (!moved.some((feature) => feature.name === name)) expect(later, name).toEqual(own);
      // The first months are without a value in both.
      else expect(later.slice(8), name).toEqual(own.slice(7, -1));
    }
  },
);
