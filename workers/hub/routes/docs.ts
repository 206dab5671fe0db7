/** `/openapi.json` and `/docs`: what this hub answers, for programs and for people. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import { feeds } from "../../../shared/feeds/index.ts";
import { forecasts } from "../../../shared/forecasts/index.ts";
import type { HubVariables } from "../app.ts";
import { documentShape } from "../docs/document.ts";
import { docsPage } from "../docs/page.ts";
import { type HubDocument, hubDocument } from "../openapi.ts";

/** The page brings its own style and nothing else; it may not even ask for more. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function docsRoutes(app: OpenAPIHono<HubVariables>): Hono<HubVariables> {
  const routes = new Hono<HubVariables>();
  let written: HubDocument | undefined;
  const document = () => {
    written ??= hubDocument(app);
    return written;
  };
  routes.get("/openapi.json", (context) => context.json(document()));
  routes.get("/docs", (context) => {
    const examples = {
      forecast: forecasts[0]?.id ?? "forecast",
      feed: feeds[0]?.id ?? "feed",
      version: "20261120-1c0d9f22",
      a: "20261113-5ab80e77",
      b: "20261120-1c0d9f22",
      artefact: "model.onnx",
      path: "_SUCCESS",
      file: "publication.xlsx",
      name: "note",
    };
    const page = docsPage(documentShape.parse(document()), {
      baseUrl: new URL(context.req.url).origin,
      examples,
    });
    return context.html(page, 200, { "Content-Security-Policy": policy });
  });
  return routes;
}
