import type { Refusal } from "../../../shared/api/problem.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type ArtefactName, artefactKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface ArtefactAddress {
  readonly forecast: string;
  readonly version: string;
  readonly artefact: ArtefactName;
}

/** Reads a file of a version. */
export async function readArtefact(
  { lake }: Pick<Hub, "lake">,
  { forecast: forecastId, version, artefact }: ArtefactAddress,
): Promise<Result<R2ObjectBody, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const key = artefactKey(forecast.value.id, version, artefact);
  const object = await lake.get(key);
  if (object) return success(object);
  return failure({ kind: "not-found", detail: `${key} was never uploaded.`, found: artefact });
}
