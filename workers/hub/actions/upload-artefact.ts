import type { Artefact } from "../../../shared/api/artefacts.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { type Actor, audited } from "../../../shared/db/audit.ts";
import { runBatch } from "../../../shared/db/database.ts";
import { findModel } from "../../../shared/db/models.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type ArtefactName, artefactBytesMax, artefactKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import type { ArtefactAddress } from "./open-artefact.ts";
import { requireForecast } from "./require.ts";
import { putWithDigest } from "./stated-digest.ts";
import { checkLength } from "./upload.ts";

export const artefactContentTypes: Readonly<Record<ArtefactName, string>> = {
  "model.onnx": "application/octet-stream",
  "steps.onnx": "application/octet-stream",
  "card.json": "application/json; charset=utf-8",
};

export interface ArtefactFile {
  readonly body: ReadableStream | null;
  /** In bytes; null if the request does not state it. */
  readonly length: number | null;
  /** SHA-256 in hexadecimal; null if the request does not state it. */
  readonly sha256: string | null;
}

/**
 * Stores a file of a version. Idempotent: the same bytes again change nothing, and other bytes are refused. A lost or damaged
 * file of a registered version is stored again, from its registered bytes only.
 */
export async function uploadArtefact(
  { db, lake }: Pick<Hub, "db" | "lake">,
  address: ArtefactAddress & ArtefactFile,
  actor: Actor,
): Promise<Result<Artefact, Refusal>> {
  const forecast = requireForecast(address.forecast);
  if (!forecast.ok) return forecast;
  const stated = checkStated(address);
  if (!stated.ok) return stated;
  const { body, length, sha256 } = stated.value;
  const { version, artefact } = address;
  const key = artefactKey(forecast.value.id, version, artefact);
  const before = await storedDigest(lake, key);
  const model = await findModel(db, forecast.value.id, version);
  const registered = model && registeredDigest(model, artefact);
  const isRepair = before !== null && before !== sha256 && registered === sha256;
  if (isRepair || (before === null && (registered ?? sha256) === sha256)) {
    const httpMetadata = { contentType: artefactContentTypes[artefact] };
    const options = { sha256, httpMetadata, ...(!isRepair && { onlyIf: { etagDoesNotMatch: "*" } }) };
    const created = await putWithDigest(() => lake.put(key, body, options));
    if (!created.ok) return created;
    if (created.value) {
      const after = { key, sha256, bytes: length };
      const change = { what: "artefact.uploaded", forecast: forecast.value.id, version, after } as const;
      await runBatch(db, [audited(db, actor, change)]);
      return success({ ...after, known: false });
    }
  }
  const stored = (await storedDigest(lake, key)) ?? registered ?? "nothing";
  if (stored === sha256) return success({ key, sha256, bytes: length, known: true });
  const detail = `${key} is already stored or registered with other bytes. Use another version name.`;
  return failure({ kind: "conflict", detail, found: `sha256 ${sha256}`, expected: `sha256 ${stored}` });
}

/** Returns the registered digest of a file; null for `steps.onnx`, whose digest is in the card. */
function registeredDigest(
  { modelSha256, cardSha256 }: { readonly modelSha256: string; readonly cardSha256: string },
  artefact: ArtefactName,
): string | null {
  if (artefact === "steps.onnx") return null;
  return artefact === "model.onnx" ? modelSha256 : cardSha256;
}

/** Returns the SHA-256 that a file was stored with; null without a file. */
async function storedDigest(lake: Hub["lake"], key: string): Promise<string | null> {
  const object = await lake.head(key);
  return object && (object.checksums.toJSON().sha256 ?? "an unknown digest");
}

interface StatedFile {
  readonly body: ReadableStream;
  readonly length: number;
  readonly sha256: string;
}

/** Checks that the request states length and digest and has a body. */
function checkStated({ artefact, body, length, sha256 }: ArtefactAddress & ArtefactFile): Result<StatedFile, Refusal> {
  if (length === null) {
    const expected = "Content-Length: <bytes>";
    return failure({ kind: "length-required", detail: "Send the file with Content-Length.", expected });
  }
  const tooLarge = checkLength(length, artefactBytesMax[artefact]);
  if (tooLarge) return failure(tooLarge);
  if (sha256 === null) {
    const detail = "Send the file with the SHA-256 of its bytes.";
    const expected = "Content-Digest: sha-256=:<base64 of 32 bytes>:";
    return failure({ kind: "bad-request", detail, found: "no digest", expected });
  }
  if (!body || length === 0) {
    return failure({ kind: "unprocessable", detail: "The body is empty.", expected: artefact });
  }
  return success({ body, length, sha256 });
}
