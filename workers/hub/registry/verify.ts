/** Verifies the artefacts in R2: the digests, the card, and the outputs for the golden rows. */

import { failure, success } from "../../../shared/lib/result.ts";
import { askRunner, isPassing } from "../../../shared/predict/engines.ts";
import type { Card } from "../../../shared/registry/card.ts";
import { checkCard, type Mismatch } from "../../../shared/registry/check-card.ts";
import { checkGolden, type GoldenResult, goldenInputs, runGolden } from "../../../shared/registry/golden.ts";
import type { ArtefactName } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { type FileAddress, type Verified, VersionFiles } from "./version-files.ts";

/** A version and the stated digests of its artefacts. */
export interface Stated extends FileAddress {
  readonly modelSha256: string;
  readonly cardSha256: string;
}

export interface VerifyOptions {
  /** True for a version with a served.json: it does not depend on the current declaration. */
  readonly anyFingerprint?: boolean;
  /** The files, if the caller needs them afterwards. */
  readonly files?: VersionFiles;
}

/**
 * Checks the digests of both artefacts, the schema of the card, and that the card belongs to this model file, address
 * and code. Reads each file once.
 */
export async function verifyArtefacts(
  hub: Pick<Hub, "lake" | "fingerprints">,
  stated: Stated,
  { anyFingerprint = false, files = new VersionFiles(hub, stated, { holdsModel: false }) }: VerifyOptions = {},
): Promise<Verified> {
  const { forecast, version, modelSha256, cardSha256 } = stated;
  const { sha256: found, size } = await files.model();
  if (found !== modelSha256) return otherBytes("model.onnx", found, modelSha256);
  const { sha256, read } = await files.card();
  if (sha256 !== cardSha256) return otherBytes("card.json", sha256, cardSha256);
  if (!read.ok) return read;
  const fingerprints = anyFingerprint ? [read.value.fingerprint] : hub.fingerprints(forecast);
  const mismatch = checkCard(read.value, { forecast: forecast.id, version, sha256: found, bytes: size, fingerprints });
  if (mismatch) return failure(mismatch);
  const steps = read.value.further?.learner?.model.sha256;
  if (steps === undefined) return read;
  const foundSteps = await files.digest("steps.onnx");
  return foundSteps === steps ? read : otherBytes("steps.onnx", foundSteps, steps);
}

/**
 * Runs the golden rows of the card on the engine that would serve the model. Returns null if every output is correct.
 * Throws if the engine is unavailable.
 */
export async function verifyGolden(
  hub: Pick<Hub, "lake" | "evaluate" | "onnx">,
  stated: Stated,
  files = new VersionFiles(hub, stated, { holdsModel: true }),
): Promise<Mismatch | null> {
  const { read } = await files.card();
  if (!read.ok) return read.error;
  const { bytes } = await files.model();
  if (!bytes) throw new Error("model.onnx was deleted during the verification");
  const result = await golden(hub, stated, { card: read.value, bytes });
  const checked = result.ok ? await stepsGolden(hub, files, read.value) : result;
  if (checked.ok) return null;
  const detail = "The model's outputs for the golden rows differ from those of the training.";
  return { detail, found: checked.error, expected: "the outputs in the card" };
}

/** Runs the golden rows of `steps.onnx`, if the card has a learner. The built-in engine serves it, so no other one is asked. */
async function stepsGolden(hub: Pick<Hub, "evaluate">, files: VersionFiles, { further }: Card): Promise<GoldenResult> {
  const learner = further?.learner ?? null;
  if (learner === null) return success(0);
  const bytes = await files.bytes("steps.onnx");
  if (!bytes) throw new Error("steps.onnx was deleted during the verification");
  const result = runGolden(bytes, learner, hub.evaluate);
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
  const { sha256 } = await new VersionFiles(hub, stated, { holdsModel: false }).model();
  return sha256 === stated.modelSha256;
}

/** Reads the card of a version. Fails if the file is lost or is not the registered one. */
export async function readRegisteredCard(
  hub: Pick<Hub, "lake">,
  stated: FileAddress & Pick<Stated, "cardSha256">,
): Promise<Verified> {
  const { sha256, read } = await new VersionFiles(hub, stated, { holdsModel: false }).card();
  return sha256 === stated.cardSha256 ? read : otherBytes("card.json", sha256, stated.cardSha256);
}

/** Reads and parses the card of a version. Validates only its schema. */
export async function readCard(hub: Pick<Hub, "lake">, address: FileAddress): Promise<Verified> {
  return (await new VersionFiles(hub, address, { holdsModel: false }).card()).read;
}

function otherBytes(name: ArtefactName, found: string, expected: string): Verified {
  const detail =
    found === "nothing"
      ? `${name} is not in R2. Upload it before registering the version.`
      : `The digest of ${name} in R2 differs from the stated one.`;
  return failure({ detail, found, expected: `sha256 ${expected}` });
}
