/** `/feeds`: the feeds, the problems of their publications, the files of the lake, and uploads. */

import { createRoute, z } from "@hono/zod-openapi";
import { feedProblemsPageShape, feedProblemsQueryShape } from "../../../shared/api/feed-problems.ts";
import { feedDetailShape, feedListShape } from "../../../shared/api/feeds.ts";
import { feedParam } from "../../../shared/api/fields.ts";
import { isActive } from "../../../shared/api/flow-states.ts";
import { uploadShape } from "../../../shared/api/uploads.ts";
import { withdrawalShape, withdrawShape } from "../../../shared/api/withdrawals.ts";
import { successShape } from "../../../shared/lake/success.ts";
import { listFeeds } from "../actions/list-feeds.ts";
import { listProblems } from "../actions/list-problems.ts";
import { openLakeFile } from "../actions/open-lake-file.ts";
import { readFeed } from "../actions/read-feed.ts";
import { upload } from "../actions/upload.ts";
import { requestWithdrawal } from "../actions/withdraw.ts";
import { adminOnly, hasToken } from "./authorize.ts";
import { readDigest, readLength } from "./body.ts";
import { fileResponse } from "./file-response.ts";
import { unwrap } from "./refuse.ts";
import {
  actorOf,
  apiRoutes,
  binary,
  fileAnswers,
  json,
  jsonBody,
  jsonRequest,
  optionallySecured,
  refusals,
  secured,
} from "./route.ts";

export const feedRoutes = apiRoutes();

const params = z.object({ feed: feedParam });

const list = createRoute({
  method: "get",
  path: "/feeds",
  operationId: "listFeeds",
  tags: ["Feeds"],
  summary: "Every feed with its progress",
  responses: { 200: json(feedListShape, "The feeds") },
});

feedRoutes.openapi(list, async (context) => context.json(await listFeeds(context.var.hub), 200));

const read = createRoute({
  method: "get",
  path: "/feeds/{feed}",
  operationId: "getFeed",
  tags: ["Feeds"],
  summary: "One feed with its series",
  request: { params },
  responses: { 200: json(feedDetailShape, "The feed"), ...refusals.read },
});

feedRoutes.openapi(read, async (context) =>
  context.json(unwrap(await readFeed(context.var.hub, context.req.valid("param").feed)), 200),
);

const problems = createRoute({
  method: "get",
  path: "/feeds/{feed}/problems",
  operationId: "listFeedProblems",
  tags: ["Feeds"],
  summary: "The problems that the parser found: row, column, found, expected",
  description: "For a feed whose files are only uploaded, `found` is shown only with the token.",
  security: optionallySecured,
  request: { params, query: feedProblemsQueryShape },
  responses: { 200: json(feedProblemsPageShape, "A page"), ...refusals.openFilteredRead },
});

feedRoutes.openapi(problems, async (context) => {
  const { feed } = context.req.valid("param");
  const query = { ...context.req.valid("query"), hasToken: hasToken(context) };
  return context.json(unwrap(await listProblems(context.var.hub, feed, query)), 200);
});

const lakeFile = createRoute({
  method: "get",
  path: "/feeds/{feed}/lake/{path}",
  operationId: "downloadLakeFile",
  tags: ["Feeds"],
  summary: "A file of the open lake",
  description:
    "`_SUCCESS` lists them. A path may contain slashes. `ETag` changes with the bytes. `Range`, `If-None-Match` and HEAD work as in RFC 9110, so DuckDB, polars and pandas read a file by its address.",
  request: { params: params.extend({ path: z.string().describe("Below `clean/<feed>/`, for example `_SUCCESS`") }) },
  responses: {
    200: {
      description: "The bytes: parquet, and JSON for `_SUCCESS`",
      content: {
        "application/vnd.apache.parquet": { schema: { type: "string", format: "binary" } },
        "application/json": { schema: successShape },
      },
    },
    ...fileAnswers,
    ...refusals.read,
  },
});

// A path of the lake contains slashes, which OpenAPI cannot express. The document gets the plain path, the router a
// wildcard.
feedRoutes.openAPIRegistry.registerPath(lakeFile);
feedRoutes.openapi({ ...lakeFile, path: "/feeds/{feed}/lake/{path{.+}}", hide: true }, async (context) => {
  const { feed, path } = context.req.valid("param");
  const file = unwrap(openLakeFile(context.var.hub, feed, path));
  const contentType = path.endsWith(".parquet") ? "application/vnd.apache.parquet" : "application/json; charset=utf-8";
  return fileResponse(context.req, file, { contentType });
});

const put = createRoute({
  method: "put",
  path: "/feeds/{feed}/files/{file}",
  operationId: "uploadPublication",
  tags: ["Feeds"],
  summary: "Upload a publication by hand",
  description: "Starts the flow `ingest`. Large files need `Content-Length` and `Content-Digest`.",
  security: secured,
  middleware: [adminOnly] as const,
  request: {
    params: params.extend({ file: z.string().describe("File name of the publisher") }),
    headers: z.object({
      "content-digest": z.string().optional().describe("`sha-256=:<base64 of the body's SHA-256>:` (RFC 9530)"),
      "content-length": z.string().optional(),
    }),
    body: { required: true, content: binary },
  },
  responses: {
    200: json(uploadShape, "The flow has ended already: the same upload arrived twice at the same time"),
    202: json(uploadShape, "The flow that ingests it"),
    ...refusals.write,
    ...refusals.body,
  },
});

feedRoutes.openapi(put, async (context) => {
  const { feed, file: name } = context.req.valid("param");
  const answer = unwrap(
    await upload(context.var.hub, feed, {
      name,
      contentType: context.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "",
      length: readLength(context.req.header("Content-Length")),
      sha256: readDigest(context.req.header("Content-Digest")),
      body: context.req.raw.body,
    }),
  );
  return context.json(answer, isActive(answer.state) ? 202 : 200, { Location: `/flows/${answer.flow}` });
});

const withdrawal = createRoute({
  method: "post",
  path: "/feeds/{feed}/withdraw",
  operationId: "withdrawIngest",
  tags: ["Feeds"],
  summary: "Withdraw an ingest",
  description:
    "Removes what an ingest brought in. Its facts get the values of the other publications that contain them; a fact that no other publication contains is removed. The file stays in R2. To undo a withdrawal, upload the file again.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(withdrawShape) },
  responses: {
    200: json(withdrawalShape, "The ingest was withdrawn before"),
    202: json(withdrawalShape, "The flow that withdraws it"),
    ...refusals.write,
  },
});

feedRoutes.openapi(withdrawal, async (context) => {
  const { feed } = context.req.valid("param");
  const { ingest, why } = context.req.valid("json");
  const answer = unwrap(await requestWithdrawal(context.var.hub, { feed, ingest }, actorOf(context, why)));
  return context.json(answer, isActive(answer.state) ? 202 : 200, { Location: `/flows/${answer.flow}` });
});
