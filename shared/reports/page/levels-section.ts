/** The section of small charts: one for each state or other group. */
import { html, raw } from "hono/html";
import { isMissing, type ReportLevel } from "../../api/report-model.ts";
import { pageSvg } from "../../charts/svg.ts";
import { movedText } from "../findings.ts";
import { levelChart } from "../report-charts.ts";
import { middleOf, nameOf, type View } from "../view.ts";
import { dataOf, type Html, nothing, sectionOf, type TableParts } from "./parts.ts";

/** Returns nothing for a forecast without groups. All charts share the time axis. */
export function levelsSection(view: View): Html {
  const { model, words } = view;
  if (isMissing(model.levels)) return nothing;
  const { dimensions, levels } = model.levels;
  const periods = levels.flatMap(({ history, steps }) => [...history, ...steps].map(({ period }) => period)).sort();
  const range = [periods[0] ?? model.origin, periods.at(-1) ?? model.origin] as const;
  const charts = levels.map((level, at) => {
    const svg = raw(pageSvg(levelChart(view, level, range), `l${at}`));
    return html`<li><h3>${nameOf(view, level)}</h3>${svg}<p>${movedText(view, level)}</p></li>
`;
  });
  return sectionOf(
    "groups",
    words.sections.groups(dimensions.join(", ")),
    html`<ul class="small">
${charts}</ul>
${dataOf(words.table.chartData, levelsData(view, levels))}`,
  );
}

function levelsData(view: View, levels: readonly ReportLevel[]): TableParts {
  const { model, words, format } = view;
  const number = (text: string) => ({ text, isNumber: true });
  const hasSteps = levels.some(({ steps }) => steps.length > 0);
  return {
    label: words.table.chartData,
    columns: [
      { name: isMissing(model.levels) ? "" : model.levels.dimensions.join(", ") },
      { name: words.table.members, isNumber: true },
      { name: words.table.date },
      { name: words.table.last, isNumber: true },
      ...(hasSteps ? [{ name: words.table.mean, isNumber: true }] : []),
    ],
    rows: levels.map((level) => {
      const [last, end] = [level.history.at(-1), level.steps.at(-1)];
      const middle = end ? middleOf(end) : null;
      return [
        { text: nameOf(view, level) },
        number(format.count(level.seriesCount)),
        { text: last ? format.period(last.period) : "" },
        number(last ? format.value(last.value) : ""),
        ...(hasSteps ? [number(middle === null ? "" : format.value(middle))] : []),
      ];
    }),
  };
}
