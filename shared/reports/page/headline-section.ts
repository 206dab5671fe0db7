/** The section of the headline chart: the level, or the event with its next periods and what drives them. */
import { html } from "hono/html";
import { isMissing } from "../../api/report-model.ts";
import { headlineTitle } from "../findings.ts";
import { shownBands } from "../intervals.ts";
import { driversOfReport, headlineChart, nextEventsChart, nextEventsOf } from "../report-charts.ts";
import { headlineOf, middleOf, nameOf, type View } from "../view.ts";
import { all, figureOf, type Html, narrowWidth, nothing, sectionOf, type TableParts, wideWidth } from "./parts.ts";

const [wideHeight, narrowHeight] = [340, 260];

/** Returns the sections between the findings and the movers. */
export function headlineSection(view: View): Html {
  return view.model.event ? eventSections(view) : levelSection(view);
}

function levelSection(view: View): Html {
  const { model, words, format } = view;
  const wide = headlineChart(view, { width: wideWidth, height: wideHeight });
  const narrow = headlineChart(view, { width: narrowWidth, height: narrowHeight });
  const level = headlineOf(model);
  if (!wide || !narrow || !level) {
    const reason = isMissing(model.headline) ? model.headline.missing : "no-observations";
    return sectionOf("level", words.sections.level, html`<p>${words.missing[reason]}</p>`);
  }
  const inside = level.past.filter(({ low, high, actual }) => actual >= low && actual <= high).length;
  const notes = [
    ...(level.past.length > 0 ? [words.level.hits(format.count(inside), format.count(level.past.length))] : []),
    ...(level.seriesCount > 1 ? [words.level.chained] : []),
    ...(level.seriesCount > 1 && level.steps.length > 0 && level.steps.every(({ quantiles }) => quantiles.length === 0)
      ? [words.level.noRange]
      : []),
  ];
  return sectionOf(
    "level",
    headlineTitle(view),
    html`${figureOf(view, { id: "c-level", wide, narrow, isUntitled: true, data: levelData(view) })}${notes.map(
      (note) => html`<p class="muted">${note}</p>`,
    )}`,
  );
}

function levelData(view: View): TableParts {
  const { model, words, format } = view;
  const level = headlineOf(model);
  const history = level?.history ?? [];
  const steps = level?.steps ?? [];
  const bands = steps[0] ? shownBands(steps[0]) : [];
  const past = history.map(({ period, value }) => [
    { text: format.period(period) },
    number(format.value(value)),
    ...bands.map(() => number("")),
  ]);
  const next = steps.map((step) => {
    const middle = middleOf(step);
    const ranges = shownBands(step).map(({ low, high }) => number(`${format.value(low)} – ${format.value(high)}`));
    return [{ text: format.period(step.period) }, number(middle === null ? "" : format.value(middle)), ...ranges];
  });
  return {
    label: words.table.chartData,
    columns: [
      { name: words.table.date },
      { name: level ? nameOf(view, level) : "", isNumber: true },
      ...bands.map((band) => ({ name: words.table.range(words.chance(band.level)), isNumber: true })),
    ],
    rows: [...next.reverse(), ...past.reverse()],
  };
}

const number = (text: string) => ({ text, isNumber: true });

function eventSections(view: View): Html {
  const half = { wide: 480, narrow: narrowWidth };
  const { model, words } = view;
  const nextTitle =
    model.series.length > 1
      ? words.sections.mostLikely
      : words.sections.nextPeriods(model.forecast.every, model.series[0]?.steps.length ?? 0);
  const next = [nextEventsChart(view, half.wide), nextEventsChart(view, half.narrow)] as const;
  const drivers = [driversOfReport(view, half.wide), driversOfReport(view, half.narrow)] as const;
  const missing = model.event && isMissing(model.event.drivers) ? model.event.drivers.missing : null;
  return all([
    html`<div class="columns">${
      next[0] && next[1]
        ? sectionOf(
            "next",
            nextTitle,
            figureOf(view, { id: "c-next", wide: next[0], narrow: next[1], data: nextData(view) }),
          )
        : ""
    }${sectionOf(
      "drivers",
      words.sections.drivers,
      drivers[0] && drivers[1]
        ? figureOf(view, { id: "c-drivers", wide: drivers[0], narrow: drivers[1], data: driversData(view) })
        : html`<p>${missing === null ? "" : words.missing[missing]}</p>`,
    )}</div>
`,
    behindSection(view),
  ]);
}

function nextData(view: View): TableParts {
  const { model, words, format, event, otherwise } = view;
  const isOfSeries = model.series.length > 1;
  return {
    label: words.table.chartData,
    columns: [
      { name: isOfSeries ? words.table.series : words.table.date },
      { name: event, isNumber: true },
      { name: otherwise, isNumber: true },
      { name: words.event.usualColumn, isNumber: true },
    ],
    rows: nextEventsOf(view).map(({ label, probability, baseline }) => [
      { text: label },
      number(format.percent(probability)),
      number(format.percent(1 - probability)),
      number(baseline === null ? "" : format.percent(baseline)),
    ]),
  };
}

function driversData({ model, words, format }: View): TableParts {
  const drivers = model.event && !isMissing(model.event.drivers) ? model.event.drivers : [];
  return {
    label: words.table.chartData,
    columns: [
      { name: words.sections.drivers },
      { name: words.event.value, isNumber: true },
      { name: words.event.contribution, isNumber: true },
    ],
    rows: drivers.map(({ feature, value, contribution }) => [
      { text: feature },
      number(typeof value === "number" ? format.number(value) : (value ?? "")),
      number(format.points(contribution)),
    ]),
  };
}

/** Shows the number behind the event with its threshold. */
function behindSection(view: View): Html {
  const behind = view.model.event?.behind;
  const wide = headlineChart(view, { width: wideWidth, height: wideHeight });
  const narrow = headlineChart(view, { width: narrowWidth, height: narrowHeight });
  if (!behind || !wide || !narrow) return nothing;
  const { words, format } = view;
  const data: TableParts = {
    label: words.table.chartData,
    columns: [{ name: words.table.date }, { name: `${view.behind}, ${behind.unit}`, isNumber: true }],
    rows: behind.history
      .map(({ period, value }) => [{ text: format.period(period) }, number(format.number(value))])
      .reverse(),
  };
  return sectionOf("level", wide.title, figureOf(view, { id: "c-level", wide, narrow, isUntitled: true, data }));
}
