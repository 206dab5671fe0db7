/** The frame of every page: head with the content policy, style, header, main part and footer. */
import { html, raw } from "hono/html";
import { base64OfHex } from "../../lib/content-digest.ts";
import { sha256Hex } from "../../lib/hash.ts";
import type { PageLink } from "../languages.ts";
import { all, type Html, nothing } from "./parts.ts";
import { style } from "./style.ts";

export interface DocumentParts {
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  readonly description?: string;
  /** The same page in other languages. The head and the header link to them. */
  readonly translations?: readonly PageLink[];
  /** The link to the main content, for users of a keyboard: the first element that they reach. */
  readonly skip?: Html;
  readonly header: Html;
  readonly main: Html;
  readonly footer: string;
  /** Text of the page's script; without it the page allows none. */
  readonly script?: string;
}

/** Returns one self-contained HTML file: it loads nothing, and allows only its own style and script by their digests. */
export function documentOf(parts: DocumentParts): string {
  const { language, title, description, translations = [], skip = nothing, header, main, footer, script } = parts;
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
${description === undefined ? "" : all([html`<meta name="description" content="${description}">`, lineBreak])}<meta name="generator" content="Almanac">
${translations.map(
  (link) => html`<link rel="alternate" hreflang="${link.language}" href="${link.href}">
`,
)}<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
${skip}${linksOf(translations)}${header}</header>
<main>
${main}</main>
<footer>${footer}</footer>
${script === undefined ? "" : all([html`<script>${raw(script)}</script>`, lineBreak])}</body>
</html>
`;
  return String(page);
}

/** Returns the links to other languages. Each has the name of the language in that language, so that its readers find it. */
function linksOf(translations: readonly PageLink[]): Html {
  if (translations.length === 0) return nothing;
  return html`<p class="languages">${translations.map(
    ({ language, name, href }) =>
      html`<a rel="alternate" hreflang="${language}" lang="${language}" href="${href}">${name}</a>`,
  )}</p>
`;
}

const lineBreak = html`
`;

const digests = new Map<string, string>();

/** Returns the digest of a text as a content policy names it. The style and the script of a page are always the same. */
function digestOf(text: string): string {
  const known = digests.get(text) ?? `'sha256-${base64OfHex(sha256Hex(text))}'`;
  digests.set(text, known);
  return known;
}

function policyOf(script: string | undefined): string {
  const scripts = script === undefined ? "" : ` script-src ${digestOf(script)};`;
  return `default-src 'none'; style-src ${digestOf(style)};${scripts} base-uri 'none'; form-action 'none'`;
}
