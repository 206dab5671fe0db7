/** Formats the OpenAPI document as Markdown, with one table for each tag. */
import { type ApiDocument, needsToken, type Operation, operationsOf } from "./document.ts";

/** Returns the text of `docs/API.md`. */
export function apiMarkdown(document: ApiDocument): string {
  const operations = operationsOf(document);
  const sections = document.tags.map(({ name, description }) => {
    const rows = operations.filter(({ tags }) => tags.includes(name)).map(rowOf);
    return `## ${name}\n\n${description}\n\n| address | what | answers | operation |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `# ${document.info.title} API ${document.info.version}

Written from the OpenAPI document by \`npm run docs\`: edit the routes, not this file. A running hub shows every parameter, schema and example at
\`/docs\`, and the document itself at \`/openapi.json\`. \`shared/api/client.ts\` has one method for each operation.

${unwrapped(document.info.description)}

🔒 needs \`ADMIN_TOKEN\`. Parameters in \`[ ]\` are optional.

${sections.join("\n")}`;
}

function rowOf(operation: Operation): string {
  const { method, path, summary, operationId } = operation;
  const lock = needsToken(operation) ? " 🔒" : "";
  const address = `\`${method.toUpperCase()} ${path}\`${lock}${queryText(operation)}`;
  return `| ${address} | ${cell(summary)} | ${answersText(operation)} | \`${operationId}\` |`;
}

function queryText({ parameters }: Operation): string {
  const names = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name, required }) => (required ? name : `[${name}]`));
  return names.length === 0 ? "" : `<br>\`?${names.join(" ")}\``;
}

function answersText({ responses }: Operation): string {
  return Object.entries(responses)
    .filter(([status]) => status < "400")
    .map(([status, { description, content }]) => {
      const types = Object.keys(content ?? {}).filter((type) => type !== "application/json");
      return `${status} ${cell(description)}${types.length > 0 ? ` (also ${types.join(", ")})` : ""}`;
    })
    .join("<br>");
}

const cell = (text: string) => unwrapped(text).replaceAll("|", "\\|");
const unwrapped = (text: string) => text.replaceAll(/\s*\n\s*/g, " ").trim();
