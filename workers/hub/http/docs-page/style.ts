/** Follows the light or dark preference of the reader's system. On a narrow screen the contents are on top. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --paper: #fff; --panel: #f6f7f9; --line: #e1e4e8; --link: #0b5cad;
  --get: #0b6e4f; --post: #8a4b00; --put: #5b3fa8; --delete: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a0a6ae; --paper: #15181c; --panel: #1d2126; --line: #30363d; --link: #7ab7ff;
    --get: #5fd0a5; --post: #f0b35e; --put: #b9a5f5; --delete: #ff8a80; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); color: var(--ink); background: var(--paper);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); background: var(--panel); font-size: .875rem; }
nav h1 { font-size: 1.05rem; margin: 0; } nav p { margin: .1rem 0 1rem; }
nav h2 { font-size: .72rem; letter-spacing: .06em; text-transform: uppercase; margin: 1.1rem 0 .3rem; } nav h2 a { color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; } nav li a { display: flex; gap: .5rem; align-items: baseline; padding: .14rem 0; color: inherit; }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 62rem; }
header h1 { margin: 0; font-size: 1.7rem; } header p { color: var(--soft); max-width: 46rem; }
section > h2 { margin: 3rem 0 0; font-size: 1.3rem; } section > p { margin-top: .2rem; color: var(--soft); }
article { border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0; }
article:target, details:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
h3 { margin: 0; font-size: 1rem; } h3 a { color: inherit; display: flex; flex-wrap: wrap; gap: .6rem; align-items: baseline; } h3 code { overflow-wrap: anywhere; }
h3 em { color: var(--soft); } h4 { margin: 1rem 0 .3rem; font-size: .85rem; } h4 small { color: var(--soft); font-weight: normal; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
p code, li code, td code { overflow-wrap: anywhere; background: var(--panel); border-radius: 4px; padding: .05rem .3rem; }
pre { margin: .4rem 0; padding: .75rem 1rem; overflow-x: auto; border-radius: 8px; background: var(--panel); }
pre.curl { border-left: 3px solid var(--line); }
.method { font: 700 .68rem/1 ui-monospace, Menlo, Consolas, monospace; min-width: 2.9rem; } .get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .delete { color: var(--delete); }
.kind { color: var(--put); } .literal { color: var(--get); } .remark { color: var(--soft); }
.lock { font-size: .78rem; color: var(--post); border: 1px solid currentColor; border-radius: 99px; padding: .02rem .5rem; white-space: nowrap; }
table { border-collapse: collapse; font-size: .875rem; margin: .4rem 0; } td { padding: .2rem 1rem .2rem 0; vertical-align: top; } td .remark { white-space: normal; } td:first-child code { overflow-wrap: normal; }
.responses { list-style: none; padding: 0; margin: .6rem 0 0; font-size: .875rem; } .responses li { padding: .12rem 0; }
.status { font-weight: 600; font-variant-numeric: tabular-nums; } .s2 { color: var(--get); } .s4 { color: var(--soft); }
details { border: 1px solid var(--line); border-radius: 8px; margin: .4rem 0; padding: .4rem .9rem; } summary { cursor: pointer; font-weight: 600; }
details.refusals { border: 0; padding: 0; margin: .2rem 0 0; font-size: .875rem; } .refusals summary { font-weight: 400; color: var(--soft); }
.refusals ul { list-style: none; padding: 0 0 0 1.1rem; margin: .2rem 0; } .refusals p { margin: 0 0 0 1.1rem; color: var(--soft); }
@media (max-width: 52rem) { body { display: block; } nav { position: static; height: auto; max-height: 45vh; border-right: 0; border-bottom: 1px solid var(--line); } main { padding-top: 1rem; } }
`;
