/** Verifies the artefacts in R2: the digests, the card, and the outputs for the golden rows. */

import { z } from "zod";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { askRunner, isPassing } from "../../../shared/predict/engines.ts";
import { type Card, cardShape } from "../../../shared/registry/card.ts";
import { checkCard, type Mismatch } from "../../../shared/registry/check-card.ts";
import { checkGolden, type GoldenResult, goldenInputs, runGolden } from "../../../shared/registry/golden.ts";
import { type ArtefactName, artefactBytesMax, artefactKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { digestOf } from "../object-digest.ts";

/** A version and the stated digests of its artefacts. */
export interface Stated {
  readonly forecast: Forecast;
  readonly version: string;
  readonly modelSha256: string;
  readonly cardSha256: string;
}

export interface VerifyOptions {
  /** True for a version with a served.json: it does not depend on the current declaration. */
  readonly anyFingerprint?: boolean;
}

export type Verified = Result<Card, Mismatch>;

/**
 * Checks the digests of both artefacts, the schema of the card, and that the card belongs to this model file, address
 * and code. Reads each file once.
 */
export async function verifyArtefacts(
  hub: Pick<Hub, "lake" | "fingerprints">,
  stated: Stated,
  { anyFingerprint = false }: VerifyOptions = {},
): Promise<Verified> {
  const { forecast, version, modelSha256, cardSha256 } = stated;
  const model = await digest(hub, stated, "model.onnx");
  if (model.sha256 !== modelSha256) return otherBytes("model.onnx", model.sha256, modelSha256);
  const { sha256, read } = await readCardFile(hub, stated);
  if (sha256 !== cardSha256) return otherBytes("card.json", sha256, cardSha256);
  if (!read.ok) return read;
  const fingerprints = anyFingerprint ? [read.value.fingerprint] : hub.fingerprints(forecast);
  const place = { forecast: forecast.id, version, sha256: model.sha256, bytes: model.bytes, fingerprints };
  const mismatch = checkCard(read.value, place);
  if (mismatch) return failure(mismatch);
  const steps = read.value.further?.learner?.model.sha256;
  if (steps === undefined) return read;
  const found = await digest(hub, stated, "steps.onnx");
  return found.sha256 === steps ? read : otherBytes("steps.onnx", found.sha256, steps);
}

/**
 * Runs the golden rows of the card on the engine that would serve the model. Returns null if every output is correct.
 * Reads the card if the caller has not. Throws if the engine is unavailable.
 */
export async function verifyGolden(
  hub: Pick<Hub, "lake" | "evaluate" | "onnx">,
  stated: Stated,
  known?: Card,
): Promise<Mismatch | null> {
  const read: Verified = known ? success(known) : await readCard(hub, stated);
  if (!read.ok) return read.error;
  const object = await hub.lake.get(artefactKey(stated.forecast.id, stated.version, "model.onnx"));
  if (!object) throw new Error("model.onnx was deleted during the verification");
  const result = await golden(hub, stated, { card: read.value, bytes: new Uint8Array(await object.arrayBuffer()) });
  const checked = result.ok ? await stepsGolden(hub, stated, read.value) : result;
  if (checked.ok) return null;
  const detail = "The model's outputs for the golden rows differ from those of the training.";
  return { detail, found: checked.error, expected: "the outputs in the card" };
}

/** Runs the golden rows of `steps.onnx`, if the card has a learner. The built-in engine serves it, so no other one is asked. */
async function stepsGolden(
  hub: Pick<Hub, "lake" | "evaluate">,
  { forecast, version }: Stated,
  { further }: Card,
): Promise<GoldenResult> {
  const learner = further?.learner ?? null;
  if (learner === null) return success(0);
  const object = await hub.lake.get(artefactKey(forecast.id, version, "steps.onnx"));
  if (!object) throw new Error("steps.onnx was deleted during the verification");
  const result = runGolden(new Uint8Array(await object.arrayBuffer()), learner, hub.evaluate);
  return result.ok ? result : failure(`steps.onnx: ${result.error}`);
}

async function golden(
  hub: Pick<Hub, "evaluate" | "onnx">,
  { forecast, version, modelSha256 }: Stated,
  { card, bytes }: { readonly card: Card; readonly bytes: Uint8Array },
): Promise<GoldenResult> {
  const read = goldenInputs(card);
  if (!read.ok) return read;
  const here = hub.evaluate(bytes, read.value);
  if (here.ok || !here.error.isOutside) return checkGolden(card, here);
  const request = { forecast: forecast.id, version, sha256: modelSha256, inputs: read.value };
  const answer = await askRunner(hub.onnx, request);
  if (!answer.ok && isPassing(answer)) throw new Error(`the golden rows cannot run now: ${answer.detail}`);
  const there = answer.ok ? success(answer.outputs) : failure({ reason: `onnxruntime-web: ${answer.detail}` });
  const result = checkGolden(card, there);
  return result.ok ? result : failure(`${result.error}; the built-in engine cannot run it: ${here.error.reason}`);
}

/** Returns whether the model file in R2 is the registered one. Reads the file. */
export async function hasRegisteredModel(
  hub: Pick<Hub, "lake">,
  stated: FileAddress & Pick<Stated, "modelSha256">,
): Promise<boolean> {
  return (await digest(hub, stated, "model.onnx")).sha256 === stated.modelSha256;
}

/** Reads the card of a version. Fails if the file is lost or is not the registered one. */
export async function readRegisteredCard(
  hub: Pick<Hub, "lake">,
  stated: FileAddress & Pick<Stated, "cardSha256">,
): Promise<Verified> {
  const { sha256, read } = await readCardFile(hub, stated);
  return sha256 === stated.cardSha256 ? read : otherBytes("card.json", sha256, stated.cardSha256);
}

/** Reads and parses the card of a version. Validates only its schema. */
export async function readCard(
  hub: Pick<Hub, "lake">,
  version: Pick<Stated, "forecast" | "version">,
): Promise<Verified> {
  return (await readCardFile(hub, version)).read;
}

/** Reads `card.json` once. Returns its digest (`nothing` without a file) and the card. */
async function readCardFile(
  { lake }: Pick<Hub, "lake">,
  { forecast, version }: Pick<Stated, "forecast" | "version">,
): Promise<{ readonly sha256: string; readonly read: Verified }> {
  const object = await lake.get(artefactKey(forecast.id, version, "card.json"));
  if (!object || object.size > artefactBytesMax["card.json"]) {
    const expected = `card.json of at most ${artefactBytesMax["card.json"]} bytes`;
    const found = object ? `${object.size} bytes` : "nothing";
    const read: Verified = failure({ detail: "card.json is not in R2.", found, expected });
    return { sha256: object ? await digestOf(object) : "nothing", read };
  }
  const bytes = new Uint8Array(await object.arrayBuffer());
  return { sha256: sha256Hex(bytes), read: parseCard(new TextDecoder().decode(bytes)) };
}

function parseCard(text: string): Verified {
  const json = parseJson(text);
  const parsed = cardShape.safeParse(json.ok ? json.value : null);
  if (parsed.success) return success(parsed.data);
  const found = z
    .prettifyError(parsed.error)
    .replaceAll(/\s*\n\s*/g, " ")
    .slice(0, 300);
  return failure({ detail: "card.json is invalid.", found, expected: "a card of format 1" });
}

interface Digest {
  readonly sha256: string;
  readonly bytes: number;
}

type FileAddress = Pick<Stated, "forecast" | "version">;

async function digest(hub: Pick<Hub, "lake">, { forecast, version }: FileAddress, name: ArtefactName): Promise<Digest> {
  const object = await hub.lake.get(artefactKey(forecast.id, version, name));
  if (!object) return { sha256: "nothing", bytes: 0 };
  return { sha256: await digestOf(object), bytes: object.size };
}

function otherBytes(name: ArtefactName, found: string, expected: string): Verified {
  const detail =
    found === "nothing"
      ? `${name} is not in R2. Upload it before registering the version.`
      : `The digest of ${name} in R2 differs from the stated one.`;
  return failure({ detail, found, expected: `sha256 ${expected}` });
}
