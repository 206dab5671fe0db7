/**
 * The script of a report: filters and sorts the table of all series. The page is complete without it. It is text, because it
 * runs in the browser of the reader; the page's policy allows only a script with its digest.
 */
export const script = `
"use strict";
const table = document.querySelector("table[data-sortable]");
if (table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const form = document.querySelector(".filter");
  const input = form.querySelector("input");
  const status = form.querySelector("[role=status]");
  const fold = (text) => text.normalize("NFD").replace(/\\p{M}/gu, "").toLowerCase();
  const texts = rows.map((row) => fold(row.textContent));
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (_, name) => values[name]);
  const keyOf = (row, at) => row.cells[at].dataset.v ?? row.cells[at].textContent;
  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? collator.compare(a, b) : difference;
  };
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction);
      const sign = direction === "ascending" ? 1 : -1;
      const sorted = [...rows].sort((x, y) => {
        const [a, b] = [keyOf(x, at), keyOf(y, at)];
        return a === "" || b === "" ? compare(a, b) : sign * compare(a, b);
      });
      body.append(...sorted);
      status.textContent = fill(form.dataset.sorted, { column: button.textContent, direction: form.dataset[direction] });
    });
  });
  input.addEventListener("input", () => {
    const words = fold(input.value).split(/\\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      if (!row.hidden) shown += 1;
    });
    status.textContent = fill(form.dataset.shown, { shown, all: rows.length });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
}
`.trim();
