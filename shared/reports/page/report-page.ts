/** The page of a report: one HTML file without external requests, complete without its script. The same report gives the same bytes. */
import { html, raw } from "hono/html";
import type { Download } from "../../api/pages.ts";
import { base64OfHex } from "../../lib/content-digest.ts";
import { sha256Hex } from "../../lib/hash.ts";
import { levelFinding, nextFinding, reliabilityFinding } from "../findings.ts";
import type { View } from "../view.ts";
import { dataSection, downloadsSection, modelSection } from "./data-section.ts";
import { headlineSection } from "./headline-section.ts";
import { levelsSection } from "./levels-section.ts";
import { moversSection } from "./movers-section.ts";
import type { Html } from "./parts.ts";
import { recordSection } from "./record-section.ts";
import { script } from "./script.ts";
import { seriesSection, singleNote } from "./series-section.ts";
import { style } from "./style.ts";

/** Allows the style and the script of the page by their digests, and nothing else. */
const policy = `default-src 'none'; style-src '${digestOf(style)}'; script-src '${digestOf(script)}'; base-uri 'none'; form-action 'none'`;

function digestOf(text: string): string {
  return `sha256-${base64OfHex(sha256Hex(text))}`;
}

/** Returns the page. `downloads`: the files beside it, which it links to. */
export function reportPage(view: View, downloads: readonly Download[]): string {
  const { model, words, format, title } = view;
  // Without any data there is no origin.
  const origin = model.origin === "" ? null : format.period(model.origin);
  const description = `${nextFinding(view)} ${levelFinding(view)}`;
  const page = html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="description" content="${description}">
<meta name="generator" content="Almanac">
<title>${origin === null ? title : `${title}, ${origin}`}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
${model.series.length > 1 ? html`<a class="skip" href="#series">${words.head.skip}</a>` : ""}
<h1>${title}</h1>
<p class="meta">${origin === null ? "" : html`<span>${words.head.origin(origin)}</span>`}<span>${words.head.made(format.time(model.madeAt))}</span><span>${words.head.revision(String(model.revision))}</span></p>
${model.stale === null ? "" : html`<p class="stale"><strong>${words.head.stale}</strong> <span lang="en">${model.stale}</span></p>`}
</header>
<main>
${findingsSection(view)}
${headlineSection(view)}${singleNote(view)}${moversSection(view)}${levelsSection(view)}${seriesSection(view)}${recordSection(view)}${dataSection(view)}${modelSection(view)}${downloadsSection(view, downloads)}</main>
<footer>${words.footer}</footer>
<script>${raw(script)}</script>
</body>
</html>
`;
  return String(page);
}

function findingsSection(view: View): Html {
  const { sections } = view.words;
  const findings = [
    [sections.next, nextFinding(view)],
    [sections.level, levelFinding(view)],
    [sections.reliability, reliabilityFinding(view)],
  ] as const;
  return html`<section aria-label="${sections.findings}"><ol class="findings">
${findings.map(
  ([name, text]) => html`<li><h2>${name}</h2><p>${text}</p></li>
`,
)}</ol></section>`;
}
