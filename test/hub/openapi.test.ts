/** The OpenAPI document is valid, complete, and has the same contract as the typed client. */
import { readFileSync } from "node:fs";
import { OpenAPIHono } from "@hono/zod-openapi";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Endpoint } from "../../shared/api/endpoint.ts";
import { predictEndpoints } from "../../shared/api/endpoints/predict.ts";
import { endpoints } from "../../shared/api/endpoints.ts";

const contentShape = z.record(z.string(), z.object({ schema: z.unknown() }));
const operationShape = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  tags: z.array(z.string()).length(1),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.object({ content: contentShape }).optional(),
  responses: z.record(z.string(), z.object({ content: contentShape.optional() })),
});
const documentShape = z.object({
  info: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const appShape = z.object({
  serviceDocument: z.function({ input: [], output: z.unknown() }),
  hubRoutes: z.function({
    input: [],
    output: z.object({ routes: z.array(z.object({ method: z.string(), path: z.string() })) }),
  }),
});

const writingShape = z.object({ apiMarkdown: z.function({ input: [z.unknown()], output: z.string() }) });
const parsingShape = z.object({ documentShape: z.instanceof(z.ZodType) });

// Imported by a variable name, because tests in Node have no types of workerd.
const folder: string = "../../workers/hub/http";
const { serviceDocument, hubRoutes } = appShape.parse(await import(`${folder}/app.ts`));
const { apiMarkdown } = writingShape.parse(await import(`${folder}/docs-page/markdown.ts`));
const { documentShape: pageShape } = parsingShape.parse(await import(`${folder}/docs-page/document.ts`));
const json: unknown = JSON.parse(JSON.stringify(serviceDocument()));
const document = documentShape.parse(json);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);
type Operation = (typeof operations)[number];
const addressOf = ({ method, path }: Pick<Operation, "method" | "path">) => `${method} ${path}`;

test("the document is valid OpenAPI 3.1, with the version of the package", async () => {
  const validator = new Validator();
  expect(await validator.validate(json as Record<string, unknown>)).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
  expect(document.info.version).toBe(manifest.version);
});

test("the document has every route of the hub, each with a unique operationId", () => {
  const registered = hubRoutes()
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`);
  const described = new Set(operations.map(addressOf));
  expect(new Set(registered).size).toBeGreaterThan(25);
  expect(registered.filter((address) => !described.has(address))).toEqual([]);
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the client has one endpoint for each operation, with the same operationId and address", () => {
  const described = operations.map((operation) => [operation.operationId, addressOf(operation)]);
  const known = Object.entries<Endpoint>(endpoints).map(([name, endpoint]) => [name, addressOf(endpoint)]);
  expect(known.sort()).toEqual(described.sort());
});

test("the queries of the client's endpoints have the parameters of the document, except those for CSV and free fields", () => {
  const namesOf = (operation: Operation) =>
    operation.parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
  const queries = Object.fromEntries(operations.map((operation) => [operation.operationId, namesOf(operation)]));
  const notOfClient = ["format", "bom", "fields"];
  for (const [name, { query }] of Object.entries<Endpoint>(endpoints)) {
    const expected = queries[name]?.filter((one) => !notOfClient.includes(one)).sort();
    expect(Object.keys(query?.shape ?? {}).sort(), name).toEqual(expected);
  }
});

test("every operation of the hub describes the refusals that middleware sends, as problem details", () => {
  const ofHub = operations.filter(({ operationId }) => !(operationId in predictEndpoints));
  expect(ofHub.length).toBeGreaterThan(40);
  for (const { responses, requestBody, path, operationId } of ofHub) {
    const hasJsonBody = requestBody !== undefined && "application/json" in requestBody.content;
    const limited = path === "/health" ? [] : ["429"];
    const expected = [...limited, "500", ...(hasJsonBody ? ["400", "413", "415"] : [])];
    expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(expected));
    for (const [status, { content = {} }] of Object.entries(responses)) {
      if (Number(status) >= 400)
        expect(Object.keys(content), `${operationId} ${status}`).toEqual(["application/problem+json"]);
    }
  }
});

/** Generates a document from the endpoints of the client, with the generator of the service document. */
function documentOfClient() {
  const app = new OpenAPIHono();
  for (const [operationId, { method, path, body, answer }] of Object.entries<Endpoint>(endpoints)) {
    const schema = typeof answer === "string" ? undefined : answer;
    app.openAPIRegistry.registerPath({
      operationId,
      summary: operationId,
      tags: ["client"],
      method: method.toLowerCase() as "get",
      path,
      request: body ? { body: { content: { "application/json": { schema: body } } } } : {},
      responses: { 200: { description: "", ...(schema && { content: { "application/json": { schema } } }) } },
    });
  }
  const info = { title: "client", version: "0" };
  const generated = app.getOpenAPI31Document({ openapi: "3.1.0", info });
  return documentShape.parse(JSON.parse(JSON.stringify(generated)));
}

test("the bodies and answers of the client's endpoints equal those of the document", () => {
  const client = documentOfClient();
  let compared = 0;
  for (const operation of operations) {
    const own = client.paths[operation.path]?.[operation.method.toLowerCase()];
    const schemaIn = (content: z.infer<typeof contentShape> | undefined) => content?.["application/json"]?.schema;
    const body = schemaIn(own?.requestBody?.content);
    const answer = schemaIn(own?.responses[200]?.content);
    if (body !== undefined) {
      expect(body, addressOf(operation)).toEqual(schemaIn(operation.requestBody?.content));
    }
    if (answer === undefined) continue;
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (!/^2/.test(status)) continue;
      expect(schemaIn(content), `${addressOf(operation)} ${status}`).toEqual(answer);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(40);
  const { schemas } = document.components;
  for (const [name, schema] of Object.entries(client.components.schemas)) expect(schemas[name], name).toEqual(schema);
});

test("docs/API.md is what `npm run docs` writes", () => {
  expect(readFileSync("docs/API.md", "utf8")).toBe(apiMarkdown(pageShape.parse(json)));
});
