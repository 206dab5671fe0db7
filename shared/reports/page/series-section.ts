/** The table of all series. */
import { html } from "hono/html";
import type { ReportSeries } from "../../api/report-model.ts";
import { shownBands } from "../intervals.ts";
import { middleOf, nameOf, nextStepOf, type View } from "../view.ts";
import { type Html, nothing, sectionOf, type TableCell, tableOf } from "./parts.ts";

/** The largest number of rows. The CSV file contains all series. */
export const tableRowsMax = 500;

/** Returns nothing for a forecast of one series: the chart and its data contain all of it. */
export function seriesSection(view: View): Html {
  const { model, words, format, event } = view;
  if (model.series.length < 2) return nothing;
  const next = nextStepOf(model);
  const rows = model.series.slice(0, tableRowsMax);
  const columns = columnsOf(view, rows);
  const more =
    model.series.length > rows.length
      ? html`<p>${words.table.more(format.count(rows.length), format.count(model.series.length))} <a href="report.csv">report.csv</a></p>`
      : "";
  const { shown, sorted, ascending, descending, filter } = words.table;
  return sectionOf(
    "series",
    words.sections.allSeries,
    html`<form class="filter" hidden data-shown="${shown}" data-sorted="${sorted}" data-ascending="${ascending}" data-descending="${descending}"><label for="filter">${filter}</label><input id="filter" type="search" autocomplete="off"><span role="status" class="muted"></span></form>
${more}${tableOf({
  label: words.sections.allSeries,
  caption: model.event
    ? words.table.eventCaption(event, format.period(model.origin))
    : next
      ? words.table.caption(model.forecast.unit, format.period(next.period))
      : words.table.valuesCaption(model.forecast.unit),
  isSortable: true,
  columns: columns.map(({ name, isNumber }) => ({ name, ...(isNumber && { isNumber }) })),
  rows: rows.map((one) => columns.map(({ cell }) => cell(one))),
})}`,
  );
}

interface Column {
  readonly name: string;
  readonly isNumber?: true;
  cell(series: ReportSeries): TableCell;
}

/** Returns the columns for which at least one series has a value. */
function columnsOf(view: View, rows: readonly ReportSeries[]): Column[] {
  const { model, words, format } = view;
  const { table } = words;
  const steps = rows.map(({ steps: [next] }) => next);
  const band = steps.flatMap((step) => (step ? shownBands(step).slice(0, 1) : []))[0];
  const numeric = (
    name: string,
    of: (series: ReportSeries) => number | null,
    text: (value: number) => string,
  ): Column => ({
    name,
    isNumber: true,
    cell(series) {
      const value = of(series);
      return { text: value === null ? "" : text(value), sort: value, isNumber: true };
    },
  });
  const chance = (name: string, of: (series: ReportSeries) => number | null | undefined) =>
    numeric(name, (series) => of(series) ?? null, format.percent);
  const hasChances = steps.some((step) => step?.chances);
  const hasChange = !hasChances && steps.some((step) => typeof step?.change === "number");
  const hasEvent = steps.some((step) => typeof step?.event === "number");
  const hasMiddle = steps.some((step) => step && middleOf(step) !== null);
  // Series of events rarely have one on the last day, so their dates have a column of their own.
  const isOld = ({ last }: ReportSeries) => last !== null && last.period < model.origin;
  const hasDates = rows.filter(isOld).length > rows.length / 2;
  const noteIn = (series: ReportSeries) => noteOf(view, series, { withDate: !hasDates });
  const hasNotes = rows.some((series) => noteIn(series) !== "");
  return [
    ...model.forecast.dimensions.map((name, at): Column => ({ name, cell: ({ is }) => ({ text: is[at] ?? "" }) })),
    model.event ? labelColumn(view) : numeric(table.last, ({ last }) => last?.value ?? null, format.value),
    ...(hasDates ? [dateColumn(view)] : []),
    ...(hasMiddle
      ? [numeric(table.prediction, ({ steps: [step] }) => (step ? middleOf(step) : null), format.value)]
      : []),
    ...(band ? [rangeColumn(view, band.level)] : []),
    ...(hasChances
      ? [
          chance(table.down, ({ steps: [step] }) => step?.chances?.down),
          chance(table.same, ({ steps: [step] }) => step?.chances?.same),
          chance(table.up, ({ steps: [step] }) => step?.chances?.up),
        ]
      : []),
    ...(hasChange ? [chance(table.change, ({ steps: [step] }) => step?.change)] : []),
    ...(hasEvent ? [chance(view.event, ({ steps: [step] }) => step?.event)] : []),
    ...(hasNotes
      ? [{ name: table.notes, cell: (series: ReportSeries) => ({ text: noteIn(series), className: "note" }) }]
      : []),
  ];
}

/** Returns the column with the last label of an event. */
function labelColumn({ words, event, otherwise }: View): Column {
  const labelOf = ({ last }: ReportSeries) => (last === null ? "" : last.value > 0 ? event : otherwise);
  return { name: words.table.last, cell: (series) => ({ text: labelOf(series) }) };
}

function dateColumn({ words, format }: View): Column {
  return {
    name: words.table.lastDate,
    cell: ({ last }) => ({
      text: last === null ? "" : format.period(last.period),
      sort: last?.period ?? null,
      className: "date",
    }),
  };
}

function rangeColumn({ words, format }: View, level: number): Column {
  return {
    name: words.table.range(words.chance(level)),
    isNumber: true,
    cell({ steps: [step] }) {
      const band = step && shownBands(step).find((one) => one.level === level);
      if (!band) return { text: "", sort: null, isNumber: true };
      const { low, high } = band;
      const text = low === high ? format.value(low) : `${format.value(low)} – ${format.value(high)}`;
      return { text, sort: Math.round((high - low) * 1e6) / 1e6, isNumber: true };
    },
  };
}

/** Returns what a reader must know about a series: inputs outside the training data, an old last value. */
function noteOf(
  { model, words, format }: View,
  { outside, last }: ReportSeries,
  { withDate }: { readonly withDate: boolean },
): string {
  const isOld = withDate && last !== null && last.period < model.origin;
  return [
    ...(isOld && last ? [words.table.older(format.period(last.period))] : []),
    ...(outside.length > 0 ? [words.table.outside(outside.join(", "))] : []),
  ].join(". ");
}

/** Returns the notes of the only series of a forecast. */
export function singleNote(view: View): Html {
  const { series } = view.model;
  const [only] = series;
  const note = only && series.length === 1 ? noteOf(view, only, { withDate: true }) : "";
  return note === "" ? nothing : html`<p class="muted">${nameOf(view, { is: [] })}: ${note}</p>`;
}
