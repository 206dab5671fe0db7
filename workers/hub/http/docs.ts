/** `/openapi.json` and `/docs`: the description of the API, for programs and for people. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { type OpenApi, openApiShape } from "../../../shared/api/service.ts";
import { feeds } from "../../../shared/feeds/index.ts";
import { forecasts } from "../../../shared/forecasts/index.ts";
import type { HubVariables } from "./context.ts";
import { documentShape } from "./docs-page/document.ts";
import { docsPage } from "./docs-page/page.ts";
import { hubDocument } from "./openapi.ts";
import { apiRoutes, json } from "./route.ts";

/** The page contains its style and loads nothing. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A forecast without dimensions answers without a series. */
const simplest = forecasts.find(({ dimensions }) => dimensions.length === 0) ?? forecasts[0];

/** Values of the parameters in the examples, by name or by operation and name. */
const examples = {
  forecast: simplest?.id ?? "forecast",
  "getBackfill.forecast": forecasts.find(({ backfillFrom }) => backfillFrom !== undefined)?.id ?? "forecast",
  feed: feeds[0]?.id ?? "feed",
  version: "20261120-1c0d9f22",
  a: "20261113-5ab80e77",
  b: "20261120-1c0d9f22",
  artefact: "model.onnx",
  path: "_SUCCESS",
  file: "publication.xlsx",
  "downloadReportFile.file": "report.csv",
  report: "latest.html",
  edition: "2026-11-20.html",
  origin: "2026-11-20",
  period: "2026-11-20",
  revision: "r1",
  year: "2014",
  month: "10",
  name: "note",
};

const openapi = createRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "getDocument",
  tags: ["Service"],
  summary: "This API as an OpenAPI 3.1 document",
  responses: { 200: json(openApiShape, "The document") },
});

const page = createRoute({
  method: "get",
  path: "/docs",
  operationId: "getDocumentPage",
  tags: ["Service"],
  summary: "This API as a page",
  responses: { 200: { description: "HTML", content: { "text/html": { schema: { type: "string" } } } } },
});

/** The address that `npm start` prints. */
const root = createRoute({
  method: "get",
  path: "/",
  operationId: "getRoot",
  tags: ["Service"],
  summary: "Leads to this API as a page",
  responses: { 302: { description: "The address of the page" } },
});

export function docsRoutes(app: OpenAPIHono<HubVariables>): OpenAPIHono<HubVariables> {
  const routes = apiRoutes();
  let cached: OpenApi | undefined;
  const document = () => {
    cached ??= openApiShape.parse(hubDocument(app));
    return cached;
  };
  routes.openapi(root, (context) => context.redirect("/docs"));
  routes.openapi(openapi, (context) => context.json(document(), 200));
  routes.openapi(page, (context) => {
    const { origin: baseUrl } = new URL(context.req.url);
    const html = docsPage(documentShape.parse(document()), { baseUrl, examples });
    return context.html(html, 200, { "Content-Security-Policy": policy });
  });
  return routes;
}
