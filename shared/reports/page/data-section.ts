/** The sections of the data, the model and the downloads. */
import { html } from "hono/html";
import type { Download } from "../../api/pages.ts";
import { isMissing, type ReportFeed, type ReportModelVersion } from "../../api/report-model.ts";
import { feedTitle } from "../feed-title.ts";
import { baselineText } from "../findings.ts";
import type { View } from "../view.ts";
import { type Html, htmlOfParts, sectionOf } from "./parts.ts";

/** Returns for each feed its freshness, what was rejected or held, changes of meaning, publisher and licence. */
export function dataSection(view: View): Html {
  const { model, words } = view;
  return sectionOf("data", words.sections.data, html`${model.feeds.map((feed) => feedList(view, feed))}`);
}

function feedList(view: View, feed: ReportFeed): Html {
  const { words, format } = view;
  const { data } = words;
  const { refused, held, breaks } = feed;
  const heldTexts = isMissing(held)
    ? [html`${words.missing[held.missing]}`]
    : held.map(({ since, reason }) => html`${data.heldSince(format.time(since))}: <span lang="en">${reason}</span>`);
  const refusedTexts = isMissing(refused)
    ? [html`${words.missing[refused.missing]}`]
    : refused.map(({ reason, count }) => html`<code>${reason}</code>: ${format.count(count)}`);
  const breakTexts = breaks.map(
    ({ from, note }) => html`${data.from(format.period(from))}: <span lang="en">${note}</span>`,
  );
  return listOf([
    [data.feed, [htmlOfParts([feedTitle(feed, view.words.language)])]],
    [
      data.source,
      [feed.homepage === "" ? html`${feed.publisher}` : html`<a href="${feed.homepage}">${feed.publisher}</a>`],
    ],
    [data.licence, [html`${feed.licence ?? (feed.homepage === "" ? data.notStated : data.noLicence)}`]],
    [data.lastPeriod, [html`${feed.lastPeriod === null ? data.none : format.period(feed.lastPeriod)}`]],
    [data.fetched, [html`${feed.fetchedAt === null ? data.noFetch : `${format.time(feed.fetchedAt)} UTC`}`]],
    ...newestOf(view, feed),
    [data.refused, orNone(refusedTexts, data.none)],
    [data.held, orNone(heldTexts, data.none)],
    [data.breaks, orNone(breakTexts, data.none)],
  ]);
}

/** Returns whether newer values of a feed are missing, since when, and what that means. Nothing for a report of an earlier version. */
function newestOf({ words, format }: View, { overdue }: ReportFeed): readonly (readonly [string, readonly Html[]])[] {
  if (overdue === undefined) return [];
  const { data } = words;
  if (overdue === null) return [[data.newest, [html`${data.onTime}`]]];
  const { state, isTarget, last, since } = overdue;
  if (last === null || since === null) return [[data.newest, [html`<strong>${data.neverPublished}</strong>`]]];
  const text = state === "late" ? data.late : isTarget ? data.silentTarget : data.silent;
  return [[data.newest, [html`<strong>${text(format.period(since), format.period(last))}</strong>`]]];
}

function orNone(texts: readonly Html[], none: string): readonly Html[] {
  return texts.length > 0 ? texts : [html`${none}`];
}

function listOf(entries: readonly (readonly [name: string, values: readonly Html[]])[]): Html {
  return html`<dl>${entries.map(
    ([
      name,
      values,
    ]) => html`<dt>${name}</dt><dd>${values.map((value, at) => html`${at > 0 ? html`<br>` : ""}${value}`)}</dd>
`,
  )}</dl>
`;
}

/** Returns which version made the predictions, why it serves, and from what it was made. */
export function modelSection(view: View): Html {
  const { words, format } = view;
  const { model } = view.model;
  if (isMissing(model)) return sectionOf("model", words.sections.model, html`<p>${words.missing[model.missing]}</p>`);
  const { trained, lineage, decision, since } = model;
  const names = words.model;
  const notes = [
    ...(model.isBaseline ? [names.baselineServes(baselineText(view))] : []),
    ...(model.isFallback ? [names.fallback] : []),
  ];
  return sectionOf(
    "model",
    words.sections.model,
    html`${notes.map((note) => html`<p>${note}</p>`)}${listOf([
      [names.name, [html`${model.name}`]],
      [names.version, [html`<code>${model.version}</code>`]],
      ...(decision === null ? [] : ([[names.why, [whyOf(view, model)]]] as const)),
      ...(since === null ? [] : ([[names.since, [html`${format.time(since)} UTC`]]] as const)),
      ...(trained === null
        ? []
        : ([
            [
              names.trained,
              [
                html`${names.trainedText(format.period(trained.from), format.period(trained.to), format.count(trained.rows))}`,
              ],
            ],
          ] as const)),
      ...(lineage === null
        ? []
        : ([
            [names.file, [html`<code>${lineage.modelSha256}</code>`]],
            [names.dataHash, [html`<code>${lineage.dataHash}</code>`]],
            [names.code, [html`<code>${lineage.codeVersion}</code>, ${names.seed} ${String(lineage.seed)}`]],
          ] as const)),
    ])}`,
  );
}

/** Returns why a version serves. The stored sentence is English; its facts give the text in other languages. */
function whyOf({ words, format }: View, { decision, serving }: ReportModelVersion): Html {
  const described = (serving && words.model.serving?.(serving, format)) ?? null;
  if (described === null) return html`<span lang="en">${decision}</span>`;
  const { text, english } = described;
  return english === undefined ? html`${text}` : html`${text} <span lang="en">${english}</span>`;
}

/** Returns the links to the files of the report, each with its type and size. */
export function downloadsSection({ words, format }: View, downloads: readonly Download[]): Html {
  if (downloads.length === 0) return html``;
  const files = downloads.map(({ file, name = file, bytes }) => {
    const type = file.split(".").at(-1)?.toUpperCase() ?? "";
    return html`<li><a href="${name}" download>${name}</a> (${type}, ${format.bytes(bytes)}): ${words.downloads[file]}</li>
`;
  });
  return sectionOf(
    "downloads",
    words.sections.downloads,
    html`<ul class="files">
${files}</ul>`,
  );
}
