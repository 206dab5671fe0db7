/** Registering: from two files in R2 to a version. One statement writes it, so that half a version never exists. */
import type { RegisterRequest } from "../../../shared/api/models.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { findModel, type ModelRow, saveModel } from "../../../shared/db/models.ts";
import { findRun } from "../../../shared/db/runs.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import type { Card } from "../../../shared/registry/card.ts";
import { ownLine } from "../../../shared/registry/summary.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { verifyArtefacts } from "./verify.ts";

export interface Registration extends RegisterRequest {
  readonly forecast: Forecast;
  readonly version: string;
}

/** Refuses with the first thing that is wrong. The same files again are fine, under the same version. */
export async function register(hub: Hub, wanted: Registration, actor: Actor): Promise<{ readonly isNew: boolean }> {
  const { forecast, version, model, card, run = null } = wanted;
  if (reserved.includes(version)) {
    refuse({ kind: "unprocessable", detail: "This word is an address of its own.", found: version });
  }
  if (await isKnown(hub, wanted)) return { isNew: false };
  if (run !== null) await refuseOtherRun(hub, forecast.id, run);
  const verified = await verifyArtefacts(hub, {
    forecast,
    version,
    modelSha256: model.sha256,
    cardSha256: card.sha256,
  });
  if (!verified.ok) refuse({ kind: "unprocessable", ...verified.mismatch });
  const row = { ...summary(verified.card), run, cardSha256: card.sha256, registeredAt: actor.at };
  try {
    await saveModel(hub.db, row, actor);
  } catch (error) {
    // Somebody may have registered the version since we looked.
    if (await isKnown(hub, wanted)) return { isNew: false };
    throw error;
  }
  return { isNew: true };
}

const reserved = ["compare"];

async function isKnown(hub: Hub, { forecast, version, model, card }: Registration): Promise<boolean> {
  const known = await findModel(hub.db, forecast.id, version);
  if (!known) return false;
  if (known.modelSha256 === model.sha256 && known.cardSha256 === card.sha256) return true;
  refuse({
    kind: "conflict",
    detail: `${forecast.id} ${version} is registered with other files, and a version never changes: use another version.`,
    found: `model ${model.sha256}, card ${card.sha256}`,
    expected: `model ${known.modelSha256}, card ${known.cardSha256}`,
  });
}

async function refuseOtherRun(hub: Hub, forecast: string, id: string): Promise<void> {
  const run = await findRun(hub.db, id);
  if (!run) refuse({ kind: "unprocessable", detail: `There is no run ${id}.`, found: id });
  if (run.forecast !== forecast) {
    const detail = `Run ${id} trained another forecast.`;
    refuse({ kind: "unprocessable", detail, found: run.forecast, expected: forecast });
  }
}

/** What lists and the gate need of a card. */
function summary(card: Card): Omit<ModelRow, "run" | "cardSha256" | "registeredAt"> {
  const own = ownLine(card);
  return {
    forecast: card.forecast,
    version: card.version,
    modelSha256: card.model.sha256,
    modelBytes: card.model.bytes,
    candidate: card.recipe.candidate,
    recipe: card.recipe.id,
    producer: card.producer,
    rmse: own?.rmse ?? null,
    skill: own?.skill ?? null,
    pValue: own?.pValue ?? null,
    testFrom: card.judged.test.from,
    testTo: card.judged.test.to,
    publishedFrom: card.published.from,
    publishedTo: card.published.to,
  };
}
