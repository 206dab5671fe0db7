/** `npm run bench -- NAME [--json]`: prints a table, or one JSON object as the last line. */
import { existsSync, readdirSync } from "node:fs";
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { table } from "../../trainer/terminal.ts";
import { type Bench, isMet, machine } from "./bench.ts";

const names = readdirSync(import.meta.dirname)
  .map((file) => file.replace(/\.ts$/, ""))
  .filter((name) => !["main", "bench"].includes(name) && existsSync(`${import.meta.dirname}/${name}.ts`));

const [name = ""] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (!names.includes(name)) {
  console.error(
    name === "" ? `Name a bench: ${names.join(", ")}.` : withSuggestion(`There is no bench ${name}`, name, names),
  );
  process.exit(1);
}

const { run }: { run: () => Promise<Bench> } = await import(`./${name}.ts`);
const { results } = await run();
const ok = results.every(isMet);
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ name, machine: machine(), results, ok }));
} else {
  const rows = results.map((result) => {
    const { what, value, unit, limit, reference } = result;
    return [
      what,
      Number(value.toPrecision(3)),
      unit,
      limit === null ? "" : `≤ ${limit}`,
      isMet(result) ? "" : "over the limit",
      reference ?? "",
    ];
  });
  console.log(
    `${name} on ${machine()}\n\n${table(["what", "value", "unit", "limit", "", "reference"], rows, { right: [1] })}`,
  );
}
process.exitCode = ok ? 0 : 1;
