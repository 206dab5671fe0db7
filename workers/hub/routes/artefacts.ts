/** `/models/:forecast/:version/:artefact`: the files of a version, written once. */
import { createRoute, z } from "@hono/zod-openapi";
import { artefactShape } from "../../../shared/api/artefacts.ts";
import { audited } from "../../../shared/db/audit.ts";
import { runBatch } from "../../../shared/db/database.ts";
import { type ArtefactName, artefactBytesMax, artefactKey, artefactNames } from "../../../shared/registry/keys.ts";
import { adminOnly } from "../admin.ts";
import { actorOf, apiRoutes, forecastParam, json, knownForecast, refusals, secured, versionParam } from "../api.ts";
import { readDigest, readLength, refuseOtherDigest } from "../body.ts";
import { refuse } from "../refuse.ts";

export const artefactRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam, version: versionParam, artefact: z.enum(artefactNames) });
const bytes = { "application/octet-stream": { schema: { type: "string", format: "binary" } } } as const;
const megabytes = (name: ArtefactName) => `${artefactBytesMax[name] / 1e6} MB`;
const contentTypes: Readonly<Record<ArtefactName, string>> = {
  "model.onnx": "application/octet-stream",
  "card.json": "application/json; charset=utf-8",
};

const read = createRoute({
  method: "get",
  path: "/{forecast}/{version}/{artefact}",
  tags: ["Models"],
  summary: "A file of a version",
  description: "Its bytes never change; `ETag` is theirs.",
  request: { params },
  responses: { 200: { description: "The bytes", content: bytes }, ...refusals.read },
});

artefactRoutes.openapi(read, async (context) => {
  const { forecast, version, artefact } = context.req.valid("param");
  knownForecast(forecast);
  const key = artefactKey(forecast, version, artefact);
  const object = await context.var.hub.lake.get(key);
  if (!object) refuse({ kind: "not-found", detail: `${key} was never uploaded.`, found: artefact });
  return new Response(object.body, {
    headers: {
      "Content-Type": contentTypes[artefact],
      "Content-Length": String(object.size),
      ETag: object.httpEtag,
      "Cache-Control": "public, max-age=31536000, immutable",
    },
  });
});

const put = createRoute({
  method: "put",
  path: "/{forecast}/{version}/{artefact}",
  tags: ["Models"],
  summary: "Upload a file of a version",
  description: `Created once, never replaced: the same bytes again are fine, others are refused. \`model.onnx\` may have ${megabytes("model.onnx")}, \`card.json\` ${megabytes("card.json")}.`,
  security: secured,
  middleware: [adminOnly] as const,
  request: {
    params,
    headers: z.object({
      "content-digest": z.string().optional().describe("Needed: `sha-256=:<base64 of the body's SHA-256>:` (RFC 9530)"),
      "content-length": z.string().optional().describe("Needed: the body is streamed"),
    }),
    body: { required: true, content: bytes },
  },
  responses: {
    200: json(artefactShape, "These very bytes lie there already"),
    201: json(artefactShape, "Created"),
    400: { ...refusals.write[422], description: "`Content-Digest` is missing or cannot be read" },
    411: { ...refusals.write[422], description: "`Content-Length` is missing" },
    413: { ...refusals.write[422], description: "It is too large" },
    ...refusals.write,
  },
});

artefactRoutes.openapi(put, async (context) => {
  const { hub } = context.var;
  const { forecast, version, artefact } = context.req.valid("param");
  knownForecast(forecast);
  const length = readLength(context.req.header("Content-Length"), artefactBytesMax[artefact]);
  const sha256 = readDigest(context.req.header("Content-Digest"));
  const { body } = context.req.raw;
  if (length === null) {
    refuse({
      kind: "length-required",
      detail: "Send the file with Content-Length.",
      expected: "Content-Length: <bytes>",
    });
  }
  if (sha256 === null) {
    const expected = "Content-Digest: sha-256=:<base64 of 32 bytes>:";
    refuse({
      kind: "bad-request",
      detail: "Send the file with the SHA-256 of its bytes.",
      found: "no digest",
      expected,
    });
  }
  if (!body || length === 0) refuse({ kind: "unprocessable", detail: "The body is empty.", expected: artefact });

  const key = artefactKey(forecast, version, artefact);
  const actor = actorOf(context, undefined, "upload");
  const isThere = (await hub.lake.head(key)) !== null;
  const options = { sha256, onlyIf: { etagDoesNotMatch: "*" }, httpMetadata: { contentType: contentTypes[artefact] } };
  const created = isThere ? null : await hub.lake.put(key, body, options).catch(refuseOtherDigest);
  if (created) {
    const change = { what: "artefact.uploaded", forecast, version, after: { key, sha256, bytes: length } } as const;
    await runBatch(hub.db, [audited(hub.db, actor, change)]);
    return context.json({ key, sha256, bytes: length, known: false }, 201);
  }
  const kept = (await hub.lake.head(key))?.checksums.toJSON().sha256 ?? "bytes of an unknown digest";
  if (kept !== sha256) {
    const detail = `${key} lies there with other bytes, and a version never changes: use another version.`;
    refuse({ kind: "conflict", detail, found: `sha256 ${sha256}`, expected: `sha256 ${kept}` });
  }
  return context.json({ key, sha256, bytes: length, known: true }, 200);
});
