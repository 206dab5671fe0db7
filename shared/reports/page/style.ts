/** The style of a report. Colours of charts are those of `shared/charts/palette.ts`, as variables for dark mode. */
import { darkPalette, lightPalette, tones } from "../../charts/palette.ts";

const variables = (palette: Readonly<Record<string, string>>) =>
  tones.map((tone) => `--${tone}:${palette[tone]}`).join(";");
const chartClasses = tones.map((tone) => `.f-${tone}{fill:var(--${tone})}.s-${tone}{stroke:var(--${tone})}`).join("");

/** Returns the style sheet. It contains no address, so the page loads nothing. */
export const style = `
:root{color-scheme:light dark;${variables(lightPalette)};--raised:#f5f7f9;--line:#c9d0d7;--link:#00588a;--warn:#fff4e0;--warn-line:#a35a00}
@media (prefers-color-scheme:dark){:root{${variables(darkPalette)};--raised:#1f252b;--line:#444d56;--link:#7cc4f2;--warn:#33270f;--warn-line:#f0a030}}
@media print{:root{color-scheme:light;${variables(lightPalette)};--raised:#fff;--line:#888;--link:#1c2126;--warn:#fff}}
*{box-sizing:border-box}
html{scroll-behavior:auto}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .35rem;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;margin:2.75rem 0 .5rem}
h3{font-size:1rem;line-height:1.35;margin:0 0 .25rem}
p{margin:.35rem 0}
.lead{max-width:46rem}
.muted,.meta,figcaption p,caption{color:var(--muted)}
.meta{margin:0;font-size:.9375rem}
.meta span:not(:last-child)::after{content:" · "}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--edge);outline-offset:2px;border-radius:2px}
.languages{float:right;margin:.35rem 0 0 1rem;font-size:.9375rem}
.languages a{display:inline-block;min-height:24px}
.languages a:not(:first-child){margin-left:1rem}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;padding:.4rem .8rem;background:var(--surface)}
.stale{margin:1.25rem 0 0;padding:.7rem 1rem;background:var(--warn);border-left:4px solid var(--warn-line);border-radius:3px}
.findings{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));list-style:none;margin:1.5rem 0 0;padding:0}
.findings li{background:var(--raised);border-top:3px solid var(--edge);border-radius:3px;padding:.85rem 1rem 1rem}
.findings h2{color:var(--muted);font-size:.875rem;font-weight:600;margin:0 0 .25rem}
figure{margin:1rem 0 0}
figcaption{margin-bottom:.5rem}
figcaption p{margin:0;font-size:.9375rem}
svg{display:block;max-width:100%;height:auto;font-family:inherit}
.narrow{display:none}
.columns{display:grid;gap:1.5rem 2.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
.small{display:grid;gap:1.25rem 1.5rem;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));list-style:none;margin:1rem 0 0;padding:0}
.small h3{font-size:.9375rem}
.small p{font-size:.8125rem;color:var(--muted);margin:0;line-height:1.4}
.small svg{width:100%}
.scroll{overflow-x:auto;margin-top:.75rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.5rem;font-size:.9375rem}
th,td{padding:.4rem .7rem .4rem 0;text-align:left;border-bottom:1px solid var(--grid);vertical-align:top}
thead th{border-bottom:2px solid var(--line);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400}
.n{text-align:right;white-space:nowrap}
.date{white-space:nowrap}
td.note{color:var(--muted);font-size:.8125rem;min-width:9rem}
th button{all:unset;cursor:pointer;font:inherit;font-weight:600;min-height:24px;display:inline-block}
th button:focus-visible{outline:3px solid var(--edge);outline-offset:2px}
th button::after{content:"\\2195\\FE0E";color:var(--muted);margin-left:.3em;font-weight:400}
th[aria-sort=ascending] button::after{content:"\\2191";color:var(--ink)}
th[aria-sort=descending] button::after{content:"\\2193";color:var(--ink)}
.filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.75rem 0 0}
.filter input{font:inherit;color:inherit;background:var(--surface);border:1px solid var(--muted);border-radius:4px;padding:.3rem .6rem;min-height:2.25rem;width:min(100%,18rem)}
[hidden]{display:none!important}
details{margin-top:.5rem;font-size:.9375rem}
summary{cursor:pointer;color:var(--link);min-height:24px;width:max-content;max-width:100%}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.35rem 1.5rem;margin:.75rem 0 0}
dt{color:var(--muted)}
dd{margin:0;min-width:0}
code{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.files{list-style:none;padding:0;margin:.5rem 0 0}
.files li{padding:.15rem 0}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2.5rem;color:var(--muted);font-size:.875rem}
${chartClasses}
@media (max-width:40rem){h1{font-size:1.5rem}.wide{display:none}.narrow{display:block}dl{grid-template-columns:1fr}dd{margin-bottom:.35rem}.small{gap:1rem;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}}
@media print{@page{size:A4;margin:14mm}body{font-size:10.5pt}main,header,footer{max-width:none;padding:0}header{padding-top:0}h2{break-after:avoid;margin-top:1.4rem}figure,.small li,.findings li,tr,dl{break-inside:avoid}.small{grid-template-columns:repeat(4,1fr)}.findings{grid-template-columns:repeat(3,1fr)}.filter,.skip,.languages,details:not([open]){display:none}.scroll{overflow:visible}table{font-size:8pt}thead{display:table-header-group}td,th{padding:.2rem .4rem .2rem 0}td.note{min-width:0}th button::after{content:none}.wide{display:block}.narrow{display:none}a{text-decoration:none}}
@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}
`.trim();
