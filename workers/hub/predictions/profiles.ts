/** Reads the profile of a version: the bins in which its inputs are counted. */

import { findModel } from "../../../shared/db/models.ts";
import type { Profile } from "../../../shared/drift/profile.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { cardShape } from "../../../shared/registry/card.ts";
import { artefactKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";

/** By feature. */
export type Profiles = ReadonlyMap<string, Profile>;

/** Cached by the digest of the card. Few versions serve at a time, so the cache is small. */
const known = new Map<string, Profiles>();
const knownMax = 8;

/** Returns the profiles of a version, or a failure that a retry cannot resolve. Throws if the database or R2 fails, or if the card in R2 differs from the registered one. */
export async function profilesOf(
  hub: Pick<Hub, "db" | "lake">,
  forecast: string,
  version: string,
): Promise<Result<Profiles>> {
  if (!findForecast(forecast)) return failure(`There is no forecast ${forecast}.`);
  const model = await findModel(hub.db, forecast, version);
  if (!model) return failure(`${forecast} has no registered version ${version}`);
  const profiles = known.get(model.cardSha256) ?? (await readProfiles(hub, model));
  known.delete(model.cardSha256);
  known.set(model.cardSha256, profiles);
  const [oldest] = known.keys();
  if (known.size > knownMax && oldest !== undefined) known.delete(oldest);
  return success(profiles);
}

interface CardAddress {
  readonly forecast: string;
  readonly version: string;
  readonly cardSha256: string;
}

async function readProfiles(hub: Pick<Hub, "lake">, { forecast, version, cardSha256 }: CardAddress): Promise<Profiles> {
  const key = artefactKey(forecast, version, "card.json");
  const object = await hub.lake.get(key);
  if (!object) throw new Error(`${key} is not in R2`);
  const bytes = new Uint8Array(await object.arrayBuffer());
  const found = sha256Hex(bytes);
  if (found !== cardSha256) throw new Error(`${key} is damaged: found sha256 ${found}, expected ${cardSha256}`);
  const { profile } = cardShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return new Map(profile.map((one) => [one.name, one]));
}
