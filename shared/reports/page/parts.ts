/** Small parts of pages: escaped HTML, charts with their data, tables. */
import { html, raw } from "hono/html";
import type { Chart } from "../../charts/chart.ts";
import { pageSvg } from "../../charts/svg.ts";
import type { TextPart } from "../text-part.ts";
import type { View } from "../view.ts";

/** Escaped HTML. */
export type Html = ReturnType<typeof html>;

export const nothing: Html = html``;

/** Joins parts without a separator. */
export function all(parts: readonly Html[]): Html {
  return html`${parts}`;
}

/** Returns a text whose parts state their language. */
export function htmlOfParts(parts: readonly TextPart[]): Html {
  return html`${parts.map(({ text, language }) => (language === null ? html`${text}` : html`<span lang="${language}">${text}</span>`))}`;
}

export interface TableCell {
  readonly text: string | Html;
  /** The value by which the column is sorted, if it is not the text. */
  readonly sort?: number | string | null;
  readonly isNumber?: boolean;
  readonly className?: string;
}

export interface TableParts {
  readonly caption?: string;
  readonly columns: readonly { readonly name: string; readonly isNumber?: boolean }[];
  readonly rows: readonly (readonly TableCell[])[];
  /** Whether the script of the page sorts and filters it. There is at most one such table. */
  readonly isSortable?: boolean;
  /** The accessible name of the region that scrolls. */
  readonly label: string;
}

/** Returns a table in a region that scrolls on narrow screens. The first cell of a row is its header. */
export function tableOf({ caption, columns, rows, isSortable = false, label }: TableParts): Html {
  const sortable = isSortable ? raw(" data-sortable") : "";
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table${sortable}>${
    caption === undefined ? "" : html`<caption>${caption}</caption>`
  }<thead><tr>${columns.map(({ name, isNumber }) =>
    isNumber ? html`<th scope="col" class="n">${name}</th>` : html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, at) => cellOf(cell, at === 0))}</tr>
`,
  )}</tbody></table></div>`;
}

function cellOf({ text, sort, isNumber = false, className }: TableCell, isHead: boolean): Html {
  const names = [isNumber ? "n" : "", className ?? ""].filter((name) => name !== "").join(" ");
  const attributes = raw(
    `${names === "" ? "" : ` class="${names}"`}${sort === undefined ? "" : ` data-v="${sort === null ? "" : String(sort).replaceAll('"', "&quot;")}"`}`,
  );
  return isHead ? html`<th scope="row"${attributes}>${text}</th>` : html`<td${attributes}>${text}</td>`;
}

export interface FigureParts {
  readonly id: string;
  /** The chart for wide screens and print, and the one for narrow screens. */
  readonly wide: Chart;
  readonly narrow: Chart;
  readonly data: TableParts;
  /** Omits the title above the chart if the section already has it. */
  readonly isUntitled?: boolean;
}

/** Returns a chart with its title, its subtitle and a table of its data. */
export function figureOf({ words }: View, { id, wide, narrow, data, isUntitled = false }: FigureParts): Html {
  return html`<figure><figcaption>${isUntitled ? "" : html`<h3>${wide.title}</h3>`}<p>${wide.subtitle}</p></figcaption>
${raw(pageSvg(wide, id, "wide"))}
${raw(pageSvg(narrow, `${id}n`, "narrow"))}
${dataOf(words.table.chartData, data)}</figure>`;
}

/** Returns a table that opens below a chart. */
export function dataOf(title: string, data: TableParts): Html {
  return html`<details><summary>${title}</summary>${tableOf(data)}</details>`;
}

/** Returns a section with a heading; `id` is its address in the page. */
export function sectionOf(id: string, title: string, content: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>
${content}</section>
`;
}

/** On a screen of 768 pixels the wide chart shrinks to 80 %, so that its texts stay readable. */
export const wideWidth = 900;
export const narrowWidth = 340;
