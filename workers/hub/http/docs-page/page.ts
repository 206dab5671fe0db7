/** `/docs`: the OpenAPI document as one HTML page without scripts or other files. */
import { curlExample, type ParameterExamples } from "./curl.ts";
import { type ApiDocument, jsonSchemaShape, needsToken, type Operation, operationsOf } from "./document.ts";
import { escapeHtml, prose } from "./html.ts";
import { remark, schemaHtml } from "./schema-html.ts";
import { style } from "./style.ts";

export interface PageOptions {
  readonly baseUrl: string;
  readonly examples: ParameterExamples;
}

export function docsPage(document: ApiDocument, options: PageOptions): string {
  const operations = operationsOf(document);
  const sections = document.tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ tags }) => tags.includes(tag.name)),
  }));
  const title = escapeHtml(document.info.title);
  const menu = sections.map(
    (section) => `<h2><a href="#${slug(section.name)}">${escapeHtml(section.name)}</a></h2>
<ul>${section.operations.map((one) => `<li><a href="#${idOf(one)}">${badge(one)}<span>${escapeHtml(one.summary)}</span></a></li>`).join("")}</ul>`,
  );
  const body = sections.map(
    (section) => `<section id="${slug(section.name)}">
<h2>${escapeHtml(section.name)}</h2>
<p>${prose(section.description)}</p>
${section.operations.map((one) => operationHtml(one, options)).join("\n")}
</section>`,
  );
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary>${escapeHtml(name)}</summary>${schemaHtml(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: API</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Contents">
<h1>${title}</h1>
<p><a href="/openapi.json">openapi.json</a></p>
${menu.join("\n")}
<h2><a href="#schemas">Schemas</a></h2>
</nav>
<main>
<header><h1>${title}</h1><p>${prose(document.info.description)}</p></header>
${body.join("\n")}
<section id="schemas"><h2>Schemas</h2>
${schemas.join("\n")}
</section>
</main>
</body>
</html>
`;
}

function operationHtml(operation: Operation, { baseUrl, examples }: PageOptions): string {
  const { path, summary, description, parameters, requestBody } = operation;
  const body = requestBody && Object.entries(requestBody.content)[0];
  const parts = [
    `<article id="${idOf(operation)}">`,
    `<h3><a href="#${idOf(operation)}">${badge(operation)}<code>${pathHtml(path)}</code></a></h3>`,
    `<p><strong>${prose(summary)}.</strong> ${prose(description)}${needsToken(operation) ? ' <span class="lock">needs the token</span>' : ""}</p>`,
    parameters.length > 0 ? parametersHtml(operation) : "",
    body ? `<h4>Body <small>${escapeHtml(body[0])}</small></h4>${bodyHtml(body[1].schema)}` : "",
    `<pre class="curl" tabindex="0">${escapeHtml(curlExample(operation, baseUrl, examples))}</pre>`,
    responsesHtml(operation),
    "</article>",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function bodyHtml(schema: unknown): string {
  const { format } = jsonSchemaShape.parse(schema ?? {});
  return format === "binary" ? "<p>The bytes of the file.</p>" : schemaHtml(schema ?? {});
}

function parametersHtml({ parameters }: Operation): string {
  const rows = parameters.map(({ name, in: place, required, schema, description }) => {
    const parsed = jsonSchemaShape.parse(schema);
    const words = remark({ ...parsed, description: description || parsed.description });
    const allowed = parsed.enum
      ? `<code>${parsed.enum.map((value) => escapeHtml(String(value))).join(" | ")}</code> `
      : "";
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}${required || place === "path" ? "" : ", optional"}</td><td>${allowed}${words}</td></tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

function responsesHtml({ responses }: Operation): string {
  const all = Object.entries(responses);
  const answers = all.filter(([status]) => status < "400").map(([status, response]) => answerHtml(status, response));
  const refusals = all.filter(([status]) => status >= "400");
  const list = refusals.map(([status, { description }]) => `<li>${statusHtml(status)} ${prose(description)}</li>`);
  const named = refusals.flatMap(([, { content }]) =>
    Object.values(content ?? {}).flatMap(({ schema }) => nameOf(schema)),
  );
  const bodies = [...new Set(named)].map(linkTo).join(" or ");
  const folded = `<details class="refusals"><summary>Refusals ${refusals.map(([status]) => status).join(" · ")}</summary>
<ul>${list.join("")}</ul>${bodies === "" ? "" : `<p>The body is ${bodies}.</p>`}</details>`;
  return `<ul class="responses">${answers.join("")}</ul>${refusals.length > 0 ? folded : ""}`;
}

function answerHtml(status: string, { description, content }: Operation["responses"][string]): string {
  const schema = content && Object.entries(content)[0]?.[1].schema;
  const { properties, anyOf } = jsonSchemaShape.parse(schema ?? {});
  const label = `<li>${statusHtml(status)} ${prose(description)}`;
  const [name] = nameOf(schema);
  if (name !== undefined) return `${label}: ${linkTo(name)}</li>`;
  const hasMembers = Object.keys(properties ?? {}).length > 0 || anyOf !== undefined;
  return `${label}${hasMembers ? schemaHtml(schema) : ""}</li>`;
}

/** Returns the name of a schema that the page describes under "Schemas", or nothing for another schema. */
function nameOf(schema: unknown): string[] {
  const { $ref } = jsonSchemaShape.parse(schema ?? {});
  return $ref === undefined ? [] : [$ref.split("/").at(-1) ?? ""];
}

const linkTo = (name: string) => `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
const statusHtml = (status: string) => `<span class="status s${status[0]}">${status}</span>`;
const badge = ({ method }: Operation) => `<span class="method ${method}">${method.toUpperCase()}</span>`;
const pathHtml = (path: string) => escapeHtml(path).replaceAll(/\{\w+\}/g, "<em>$&</em>");
const slug = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
const idOf = ({ method, path }: Operation) => slug(`${method}-${path}`);
