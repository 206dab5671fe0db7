/** Writes `served.json`. `predict` serves a version from it, without the card and without the declaration. */
import { findServed, type ServedRow, saveServed } from "../../../shared/db/served.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";
import { buildServed, servingDeclaration } from "../../../shared/registry/build-served.ts";
import type { Mismatch } from "../../../shared/registry/check-card.ts";
import { servedFormat, servedKey } from "../../../shared/registry/keys.ts";
import { type ServedModelFile, servedModelShape } from "../../../shared/registry/served.ts";
import type { Hub } from "../hub.ts";
import { readCard } from "./verify.ts";

/** The effects that writing a served.json needs. */
export type ServingHub = Pick<Hub, "db" | "lake" | "fingerprints" | "now">;

interface Version {
  readonly forecast: Forecast;
  readonly version: string;
}

/**
 * Returns the served.json of a version. Writes a new one if the declaration changed since the last one. If the
 * declaration no longer has the features of the version, the existing served.json remains and the version can still
 * serve.
 */
export async function ensureServed(hub: ServingHub, wanted: Version): Promise<Result<ServedRow, Mismatch>> {
  const { forecast, version } = wanted;
  const newest = await findServed(hub.db, forecast.id, version);
  const declaration = declarationDigest(forecast);
  if (newest?.declaration === declaration) return success(newest);
  const text = await textFor(hub, wanted);
  if (!text.ok) return newest ? success(newest) : text;
  const sha256 = sha256Hex(text.value);
  const key = servedKey(forecast.id, version, sha256);
  await hub.lake.put(key, encodeUtf8(text.value), {
    sha256,
    onlyIf: { etagDoesNotMatch: "*" },
    httpMetadata: { contentType: "application/json; charset=utf-8" },
  });
  await saveServed(hub.db, { forecast: forecast.id, version, sha256, declaration, at: hub.now().toISOString() });
  const saved = await findServed(hub.db, forecast.id, version);
  if (saved === null) throw new Error(`served.json of ${forecast.id} ${version} could not be recorded`);
  return success(saved);
}

async function textFor(
  hub: Pick<Hub, "lake" | "fingerprints">,
  { forecast, version }: Version,
): Promise<Result<string, Mismatch>> {
  const read = await readCard(hub, { forecast, version });
  if (!read.ok) return failure(read.error);
  const fingerprints = hub.fingerprints(forecast);
  if (!fingerprints.includes(read.value.fingerprint)) {
    const detail = "The model was trained on other features than the forecast declares today. Train it again.";
    return failure({ detail, found: read.value.fingerprint, expected: fingerprints[0] ?? "" });
  }
  const built = buildServed(forecast, read.value);
  if (built.ok) return built;
  return failure({
    detail: "The model cannot be served.",
    found: built.error,
    expected: "inputs that the forecast declares",
  });
}

/** Grows when the content of a served.json changes, so that upkeep writes the existing ones again. 2: the bins of inputs. 3: fewer golden rows. */
const servedRevision = 3;

/** Returns the digest of the parts of a declaration that a served.json contains. */
function declarationDigest(forecast: Forecast): string {
  return sha256Hex(JSON.stringify([servedFormat, servedRevision, servingDeclaration(forecast)]));
}

type ServedAddress = Pick<ServedRow, "forecast" | "version" | "sha256">;

/** Reads a served.json from R2. Returns null if it is missing or invalid. */
export async function readServedFile(
  hub: Pick<Hub, "lake">,
  { forecast, version, sha256 }: ServedAddress,
): Promise<ServedModelFile | null> {
  const object = await hub.lake.get(servedKey(forecast, version, sha256));
  const json = object && parseJson(await object.text());
  if (!json?.ok || !servedModelShape.safeParse(json.value).success) return null;
  // The hub writes the whole declaration. The schema validates the part that may differ between versions of the code.
  return json.value as ServedModelFile;
}
