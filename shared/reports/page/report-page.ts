/** The page of a report: one HTML file without external requests, complete without its script. The same report gives the same bytes. */
import { html } from "hono/html";
import type { Download } from "../../api/pages.ts";
import { levelFinding, nextFinding, reliabilityFinding } from "../findings.ts";
import type { PageLink } from "../languages.ts";
import type { View } from "../view.ts";
import { dataSection, downloadsSection, modelSection } from "./data-section.ts";
import { documentOf } from "./document.ts";
import { headlineSection } from "./headline-section.ts";
import { levelsSection } from "./levels-section.ts";
import { moversSection } from "./movers-section.ts";
import type { Html } from "./parts.ts";
import { recordSection } from "./record-section.ts";
import { script } from "./script.ts";
import { seriesSection, singleNote } from "./series-section.ts";
import { simulatedNote } from "./simulated-note.ts";

/** Returns the page. `downloads`: the files beside it, which it links to. `translations`: the same page in other languages. */
export function reportPage(view: View, downloads: readonly Download[], translations: readonly PageLink[] = []): string {
  const { model, words, format, title } = view;
  // Without any data there is no origin.
  const origin = model.origin === "" ? null : format.period(model.origin);
  return documentOf({
    language: words.language,
    title: origin === null ? title : `${title}, ${origin}`,
    description: `${nextFinding(view)} ${levelFinding(view)}`,
    translations,
    ...(model.series.length > 1 && { skip: skipLink(words.head.skip) }),
    header: html`<h1>${title}</h1>
<p class="meta">${origin === null ? "" : html`<span>${words.head.origin(origin)}</span>`}<span>${words.head.made(format.time(model.madeAt))}</span><span>${words.head.revision(String(model.revision))}</span></p>
${model.stale === null ? "" : html`<p class="stale"><strong>${words.head.stale}</strong> <span lang="en">${model.stale}</span></p>`}
${simulatedNote(model.feeds, words)}`,
    main: html`${findingsSection(view)}
${headlineSection(view)}${singleNote(view)}${moversSection(view)}${levelsSection(view)}${seriesSection(view)}${recordSection(view)}${dataSection(view)}${modelSection(view)}${downloadsSection(view, downloads)}`,
    footer: words.footer,
    script,
  });
}

function skipLink(text: string): Html {
  return html`<a class="skip" href="#series">${text}</a>
`;
}

function findingsSection(view: View): Html {
  const { sections } = view.words;
  // Without a number behind the event its usual frequency takes the place of a level.
  const isFrequency = view.model.event !== null && view.model.event.behind === null;
  const findings = [
    [sections.next, nextFinding(view)],
    [isFrequency ? sections.howOften : sections.level, levelFinding(view)],
    [sections.reliability, reliabilityFinding(view)],
  ] as const;
  return html`<section aria-label="${sections.findings}"><ol class="findings">
${findings.map(
  ([name, text]) => html`<li><h2>${name}</h2><p>${text}</p></li>
`,
)}</ol></section>`;
}
