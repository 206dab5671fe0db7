/** `/models` and `/audit`: registered versions, their files and tags, and who changed what. */
import { artefactShape } from "../artefacts.ts";
import { auditPageShape, auditQueryShape } from "../audit.ts";
import { promotedShape, promoteShape } from "../champions.ts";
import type { Endpoint } from "../endpoint.ts";
import {
  compareQueryShape,
  comparisonShape,
  modelDetailShape,
  modelListShape,
  modelShape,
  modelsQueryShape,
  registerShape,
} from "../models.ts";
import { tagShape, tagsShape, untagQueryShape } from "../tags.ts";

const version = "/models/{forecast}/{version}";

export const modelEndpoints = {
  listModels: { method: "GET", path: "/models", query: modelsQueryShape, answer: modelListShape },
  compareModels: {
    method: "GET",
    path: "/models/{forecast}/compare",
    query: compareQueryShape,
    answer: comparisonShape,
  },
  getModel: { method: "GET", path: version, answer: modelDetailShape },
  registerModel: { method: "POST", path: version, token: "hub", body: registerShape, answer: modelShape },
  promoteModel: {
    method: "POST",
    path: `${version}/promote`,
    token: "hub",
    body: promoteShape,
    answer: promotedShape,
  },
  downloadArtefact: { method: "GET", path: `${version}/{artefact}`, answer: "bytes" },
  uploadArtefact: {
    method: "PUT",
    path: `${version}/{artefact}`,
    token: "hub",
    file: "application/octet-stream",
    answer: artefactShape,
  },
  setTag: { method: "PUT", path: `${version}/tags/{name}`, token: "hub", body: tagShape, answer: tagsShape },
  removeTag: {
    method: "DELETE",
    path: `${version}/tags/{name}`,
    token: "hub",
    query: untagQueryShape,
    answer: tagsShape,
  },
  listAudit: { method: "GET", path: "/audit", query: auditQueryShape, answer: auditPageShape },
} as const satisfies Readonly<Record<string, Endpoint>>;
