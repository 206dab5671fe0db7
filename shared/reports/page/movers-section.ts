/** The section of the series that are most likely to change. */
import { html } from "hono/html";
import { isMissing } from "../../api/report-model.ts";
import { chanceOfChange } from "../intervals.ts";
import { moversOfReport } from "../report-charts.ts";
import { nameOf, type View } from "../view.ts";
import { figureOf, type Html, narrowWidth, nothing, sectionOf, type TableParts, tableOf } from "./parts.ts";

/** Returns nothing for a forecast of one series. Without directions it returns a table instead of a chart. */
export function moversSection(view: View): Html {
  const { model, words } = view;
  const { movers } = model;
  if (isMissing(movers)) {
    if (movers.missing === "one-series") return nothing;
    return sectionOf("movers", words.sections.movers, html`<p>${words.missing[movers.missing]}</p>`);
  }
  const [wide, narrow] = [moversOfReport(view, 720), moversOfReport(view, narrowWidth)];
  const data = moversData(view, movers);
  const content =
    wide && narrow
      ? figureOf(view, { id: "c-movers", wide, narrow, data })
      : html`<p class="muted">${words.movers.noDirection}</p>${tableOf(data)}`;
  return sectionOf("movers", words.sections.movers, content);
}

function moversData(view: View, movers: readonly number[]): TableParts {
  const { model, words, format } = view;
  const number = (text: string) => ({ text, isNumber: true });
  const chance = (probability: number | undefined) =>
    number(probability === undefined ? "" : `${words.chance(probability)} (${format.percent(probability)})`);
  const series = movers.flatMap((at) => model.series[at] ?? []);
  const hasDirection = series.some(({ steps: [next] }) => next?.chances);
  const chanceColumns = hasDirection ? [words.table.down, words.table.up] : [words.table.change];
  return {
    label: words.sections.movers,
    columns: [
      { name: words.table.series },
      ...chanceColumns.map((name) => ({ name, isNumber: true })),
      { name: `${words.table.usual} (${model.forecast.unit})`, isNumber: true },
      { name: words.table.last, isNumber: true },
    ],
    rows: series.map((one) => {
      const [next] = one.steps;
      const chances = hasDirection ? [next?.chances?.down, next?.chances?.up] : [chanceOfChange(next) ?? undefined];
      return [
        { text: nameOf(view, one) },
        ...chances.map(chance),
        number(one.usualChange === null ? "" : `± ${format.value(one.usualChange)}`),
        number(one.last ? format.value(one.last.value) : ""),
      ];
    }),
  };
}
