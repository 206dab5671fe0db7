/** The section of the track record, and of the model's results on past data. */
import { html } from "hono/html";
import { isMissing, type ReportRecord } from "../../api/report-model.ts";
import { backtestText, recordText } from "../findings.ts";
import type { View } from "../view.ts";
import { type Html, sectionOf, tableOf } from "./parts.ts";

/** Returns the record as text and numbers. Losses are shown like gains. */
export function recordSection(view: View): Html {
  const { model, words, format } = view;
  const { record, backtest } = model;
  const coverage = isMissing(record) ? (isMissing(backtest) ? [] : backtest.coverage) : record.coverage;
  const coverageTexts = coverage.map(({ level, share }) =>
    words.record.coverage(words.chance(level), format.percent(share)),
  );
  return sectionOf(
    "record",
    words.sections.record,
    html`<div class="lead"><p>${recordText(view)}</p><p>${backtestText(view)}</p>${coverageTexts.map(
      (text) => html`<p>${text}</p>`,
    )}${openText(view)}<p class="muted">${words.record.explanation}</p></div>${isMissing(record) ? "" : windowsTable(view, record)}`,
  );
}

/** Returns how many predictions wait for the next event of their series. */
function openText({ model: { open }, words, format }: View): Html {
  if (open === undefined || open.since === null) return html``;
  return html`<p>${words.record.open(format.count(open.predictions), format.period(open.since))}</p>`;
}

function windowsTable({ words, format }: View, { windows }: ReportRecord): Html {
  const number = (text: string) => ({ text, isNumber: true });
  return tableOf({
    label: words.sections.record,
    columns: [
      { name: words.sections.record },
      { name: words.record.skill, isNumber: true },
      { name: words.record.range, isNumber: true },
    ],
    rows: windows.map(({ publications, isAll, skill, low, high }) => {
      const count = format.count(publications);
      return [
        { text: isAll ? words.record.all(count) : words.record.window(count) },
        number(skill === null ? "" : format.change(skill)),
        number(low === null || high === null ? "" : `${format.change(low)} – ${format.change(high)}`),
      ];
    }),
  });
}
