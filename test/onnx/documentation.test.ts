import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPSETS, operators } from "../../shared/onnx/operators/index.ts";

const FILE = "docs/ONNX.md";
const [START, END] = ["<!-- operators -->", "<!-- end of operators -->"];

function table(): string {
  const rows = operators.map(({ name, domain, attributes, note }) => {
    const shown = attributes.map((attribute) => `\`${attribute}\``).join(", ");
    return `| ${name} | ${domain || "ai.onnx"} | ${note} | ${shown || "–"} |`;
  });
  const opsets = Object.entries(OPSETS).map(([domain, { min, max }]) => `${domain || "ai.onnx"} ${min}…${max}`);
  return [
    "",
    `Operator sets: ${opsets.join(", ")}.`,
    "",
    "| operator | domain | takes | attributes |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

test("docs/ONNX.md lists the operators of the code (UPDATE_DOCS=1 writes it)", () => {
  const text = readFileSync(FILE, "utf8");
  const [before = "", rest = ""] = text.split(START);
  const [, after = ""] = rest.split(END);
  const wanted = `${before}${START}\n${table()}\n${END}${after}`;
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(FILE, wanted);
  else expect(text).toBe(wanted);
});
