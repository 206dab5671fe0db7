/** The frame of every page: head with the content policy, style, header, main part and footer. */
import { html, raw } from "hono/html";
import { base64OfHex } from "../../lib/content-digest.ts";
import { sha256Hex } from "../../lib/hash.ts";
import { all, type Html } from "./parts.ts";
import { style } from "./style.ts";

export interface DocumentParts {
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  readonly description?: string;
  readonly header: Html;
  readonly main: Html;
  readonly footer: string;
  /** Text of the page's script; without it the page allows none. */
  readonly script?: string;
}

/** Returns one self-contained HTML file: it loads nothing, and allows only its own style and script by their digests. */
export function documentOf({ language, title, description, header, main, footer, script }: DocumentParts): string {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
${description === undefined ? "" : all([html`<meta name="description" content="${description}">`, lineBreak])}<meta name="generator" content="Almanac">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
${header}</header>
<main>
${main}</main>
<footer>${footer}</footer>
${script === undefined ? "" : all([html`<script>${raw(script)}</script>`, lineBreak])}</body>
</html>
`;
  return String(page);
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
