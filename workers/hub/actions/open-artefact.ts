import type { Refusal } from "../../../shared/api/problem.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import { type ArtefactName, artefactKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";
import { type StoredFile, storedFile } from "./stored-file.ts";

export interface ArtefactAddress {
  readonly forecast: string;
  readonly version: string;
  readonly artefact: ArtefactName;
}

/** Opens a file of a version. */
export function openArtefact(
  fx: Pick<Hub, "lake">,
  { forecast: forecastId, version, artefact }: ArtefactAddress,
): Result<StoredFile, Refusal> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const key = artefactKey(forecast.value.id, version, artefact);
  return success(storedFile(fx, key, { kind: "not-found", detail: `${key} was never uploaded.`, found: artefact }));
}
