import { beforeAll, expect, test } from "vitest";
import { version } from "../../package.json";
import { documentShape, needsToken, operationsOf } from "../../workers/hub/http/docs-page/document.ts";
import { docsPage } from "../../workers/hub/http/docs-page/page.ts";
import { schemaHtml } from "../../workers/hub/http/docs-page/schema-html.ts";
import { migrate, request } from "../support/hub.ts";

beforeAll(migrate);

const read = async () => {
  const text = await (await request("/openapi.json")).text();
  return { text, document: documentShape.parse(JSON.parse(text)) };
};

test("the document is OpenAPI 3.1, all references resolve, and all path parameters are declared", async () => {
  const { text, document } = await read();
  expect(JSON.parse(text)).toMatchObject({
    openapi: "3.1.0",
    info: { version },
    components: { securitySchemes: { token: { scheme: "bearer" } } },
  });
  const references = Array.from(text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g), ([, name = ""]) => name);
  expect(references.length).toBeGreaterThan(10);
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
  for (const { method, path, parameters, tags } of operationsOf(document)) {
    const named = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name).sort();
    const declared = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
    expect([`${method} ${path}`, declared.sort()]).toEqual([`${method} ${path}`, named]);
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(tags));
  }
});

/** Reads that need the token, because the rows contain the inputs of callers. */
const privateReads = ["/forecasts/{forecast}/predictions", "/subscriptions", "/subscriptions/{id}/deliveries"];
/** Public unless predict has its own token. */
const tagsOfPredict = ["Predict", "MLflow", "Open Inference"];
/** Asks predict, so it needs the token of predict, if that has one. */
const openPosts = ["/api/v1/get_online_prediction"];

test("every described address answers, and the description marks every write and private read as needing the token", async () => {
  const { document } = await read();
  for (const operation of operationsOf(document)) {
    const { method, path, tags } = operation;
    const address = path.replaceAll(/\{\w+\}/g, "unknown");
    const answer = await request(address, { method: method.toUpperCase() });
    const { detail } = await answer.json<{ detail?: string }>().catch(() => ({ detail: "" }));
    expect(answer.status, path).not.toBe(500);
    expect(`${method} ${path}: ${detail ?? ""}`).not.toContain("There is no route");
    const isOfHub = !tags.some((tag) => tagsOfPredict.includes(tag));
    const isClosed = isOfHub && !openPosts.includes(path) && (method !== "get" || privateReads.includes(path));
    expect([`${method} ${path}`, answer.status === 401]).toEqual([`${method} ${path}`, isClosed]);
    expect([`${method} ${path}`, needsToken(operation)]).toEqual([`${method} ${path}`, isClosed]);
  }
});

test("the page shows every operation with a command to copy, and loads no other file", async () => {
  const answer = await request("/docs");
  expect(answer.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  const page = await answer.text();
  const { document } = await read();
  for (const { summary } of operationsOf(document)) expect(page).toContain(summary.replaceAll('"', "&quot;"));
  expect(page.match(/<pre class="curl"/g)?.length).toBe(operationsOf(document).length);
  expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  const anchors = Array.from(page.matchAll(/href="#([^"]+)"/g), ([, id]) => id);
  const ids = new Set(Array.from(page.matchAll(/id="([^"]+)"/g), ([, id]) => id));
  expect(anchors.filter((id) => !ids.has(id ?? ""))).toEqual([]);
});

test("the commands on the page have a value for each parameter, and ask for a prediction that needs no series", async () => {
  const page = await (await request("/docs")).text();
  const commands = Array.from(page.matchAll(/<pre class="curl"[^>]*>(.*?)<\/pre>/gs), ([, text = ""]) => text);
  expect(commands.filter((text) => text.includes("…"))).toEqual([]);
  expect(commands[0]).toContain("/predict/gold");
  expect(commands.some((text) => text.includes("/reports/gold/2026-11-20/r1/report.csv"))).toBe(true);
  expect(commands.some((text) => text.includes("/forecasts/milk-cl/backfill"))).toBe(true);
});

test("the address of the hub leads a browser to the page", async () => {
  const answer = await request("/", { redirect: "manual" });
  expect([answer.status, answer.headers.get("Location")]).toEqual([302, "/docs"]);
});

test("the page escapes the texts of the document", () => {
  const document = documentShape.parse({
    info: { title: "<b>A</b>", version: "1", description: "`<i>`" },
    tags: [{ name: "T" }],
    paths: { "/<x>": { get: { tags: ["T"], summary: "<script>", responses: {} } } },
  });
  const page = docsPage(document, { baseUrl: "http://h", examples: {} });
  expect(page).not.toMatch(/<script>|<b>A|<i>|\/<x>/);
  expect(schemaHtml({ type: "object", properties: { "<u>": { const: "<u>" } } })).not.toContain("<u>");
});

test("a schema is shown as a type", () => {
  const html = schemaHtml({
    type: ["object", "null"],
    required: ["a"],
    properties: {
      a: { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] }, maxItems: 3 },
      b: { $ref: "#/components/schemas/Run", description: "the run" },
      c: { enum: ["x", 1], default: "x" },
      d: { type: "object", additionalProperties: { type: "number" } },
    },
  });
  const text = html.replaceAll(/<[^>]+>/g, "").replaceAll("&quot;", '"');
  expect(text).toContain("a: (string | null)[]  at most 3\n");
  expect(text).toContain("b?: Run  the run\n");
  expect(text).toContain('c?: "x" | 1  default "x"\n');
  expect(text).toContain("d?: { [name]: number }\n} | null");
});
