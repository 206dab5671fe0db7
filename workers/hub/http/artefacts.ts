/** `/models/:forecast/:version/:artefact`: the immutable files of a version. */
import { createRoute, z } from "@hono/zod-openapi";
import { artefactShape } from "../../../shared/api/artefacts.ts";
import { forecastParam, versionParam } from "../../../shared/api/fields.ts";
import { cardShape } from "../../../shared/registry/card.ts";
import { type ArtefactName, artefactBytesMax, artefactNames } from "../../../shared/registry/keys.ts";
import { openArtefact } from "../actions/open-artefact.ts";
import { artefactContentTypes, uploadArtefact } from "../actions/upload-artefact.ts";
import { adminOnly } from "./authorize.ts";
import { readDigest, readLength } from "./body.ts";
import { fileResponse, immutable } from "./file-response.ts";
import { unwrap } from "./refuse.ts";
import { actorOf, apiRoutes, binary, fileAnswers, json, refusals, secured } from "./route.ts";

export const artefactRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam, version: versionParam, artefact: z.enum(artefactNames) });
const megabytes = (name: ArtefactName) => `${artefactBytesMax[name] / 1e6} MB`;

const read = createRoute({
  method: "get",
  path: "/models/{forecast}/{version}/{artefact}",
  operationId: "downloadArtefact",
  tags: ["Models"],
  summary: "A file of a version",
  description: "The bytes of a version never change.",
  request: { params },
  responses: {
    200: { description: "The bytes", content: { ...binary, "application/json": { schema: cardShape } } },
    ...fileAnswers,
    ...refusals.filteredRead,
  },
});

artefactRoutes.openapi(read, async (context) => {
  const address = context.req.valid("param");
  const file = unwrap(openArtefact(context.var.hub, address));
  const contentType = artefactContentTypes[address.artefact];
  return fileResponse(context.req, file, { contentType, cacheControl: immutable });
});

const put = createRoute({
  method: "put",
  path: "/models/{forecast}/{version}/{artefact}",
  operationId: "uploadArtefact",
  tags: ["Models"],
  summary: "Upload a file of a version",
  description: `A file is never replaced: the same bytes again change nothing, other bytes are refused. \`model.onnx\` and \`steps.onnx\` may have at most ${megabytes("model.onnx")}, \`card.json\` at most ${megabytes("card.json")}.`,
  security: secured,
  middleware: [adminOnly] as const,
  request: {
    params,
    headers: z.object({
      "content-digest": z
        .string()
        .optional()
        .describe("Required: `sha-256=:<base64 of the body's SHA-256>:` (RFC 9530)"),
      "content-length": z.string().optional().describe("Required, because the body is streamed"),
    }),
    body: { required: true, content: binary },
  },
  responses: {
    200: json(artefactShape, "The same bytes were already stored"),
    201: json(artefactShape, "Created"),
    ...refusals.write,
    ...refusals.body,
  },
});

artefactRoutes.openapi(put, async (context) => {
  const file = {
    length: readLength(context.req.header("Content-Length")),
    sha256: readDigest(context.req.header("Content-Digest")),
    body: context.req.raw.body,
  };
  const actor = actorOf(context, undefined, "upload");
  const artefact = unwrap(await uploadArtefact(context.var.hub, { ...context.req.valid("param"), ...file }, actor));
  return context.json(artefact, artefact.known ? 200 : 201);
});
