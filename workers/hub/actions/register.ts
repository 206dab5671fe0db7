/** Registers two files in R2 as a version. One statement writes the version, so that it exists whole or not at all. */
import type { RegisterRequest } from "../../../shared/api/models.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { findModel, type ModelRow, type StagedModel, saveModel } from "../../../shared/db/models.ts";
import { findRun } from "../../../shared/db/runs.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Card } from "../../../shared/registry/card.ts";
import { ownLine } from "../../../shared/registry/summary.ts";
import type { Hub } from "../hub.ts";
import { ensureServed, type ServingHub } from "../registry/served.ts";
import { verifyArtefacts } from "../registry/verify.ts";
import { requireForecast, requireModel } from "./require.ts";

export interface Registration extends Omit<RegisterRequest, "why"> {
  readonly forecast: string;
  readonly version: string;
}

export interface Registered {
  readonly model: StagedModel;
  readonly isNew: boolean;
}

type RegisterEffects = ServingHub;

/** Registers a version whose artefacts were uploaded. The same files again change nothing. */
export async function register(
  fx: RegisterEffects,
  wanted: Registration,
  actor: Actor,
): Promise<Result<Registered, Refusal>> {
  const forecast = requireForecast(wanted.forecast);
  if (!forecast.ok) return forecast;
  const { version } = wanted;
  if (reserved.includes(version)) {
    const detail = "This version name is reserved. Use another.";
    return failure({ kind: "unprocessable", detail, found: version });
  }
  const known = await findSame(fx, wanted);
  if (!known.ok) return known;
  if (known.value) return success({ model: known.value, isNew: false });
  const verified = await verify(fx, forecast.value, wanted);
  if (!verified.ok) return verified;
  const { run = null, card } = wanted;
  const row = { ...summary(verified.value), run, cardSha256: card.sha256, registeredAt: actor.at };
  try {
    await saveModel(fx.db, row, actor);
  } catch (error) {
    // Another request may have registered the version since we looked.
    const other = await findSame(fx, wanted);
    if (!other.ok) return other;
    if (other.value) return success({ model: other.value, isNew: false });
    throw error;
  }
  // Written now, while the declaration is the one that the model was trained with: it may be edited before the version serves.
  await ensureServed(fx, { forecast: forecast.value, version });
  const model = await requireModel(fx, forecast.value.id, version);
  return model.ok ? success({ model: model.value, isNew: true }) : model;
}

const reserved = ["compare"];

/** Returns the version if it is registered with the same files. Refuses it if it is registered with other files. */
async function findSame(
  { db }: Pick<Hub, "db">,
  { forecast, version, model, card }: Registration,
): Promise<Result<StagedModel | null, Refusal>> {
  const known = await findModel(db, forecast, version);
  if (!known) return success(null);
  if (known.modelSha256 === model.sha256 && known.cardSha256 === card.sha256) return success(known);
  return failure({
    kind: "conflict",
    detail: `${forecast} ${version} is already registered with other files. Use another version name.`,
    found: `model ${model.sha256}, card ${card.sha256}`,
    expected: `model ${known.modelSha256}, card ${known.cardSha256}`,
  });
}

/** Checks the run, if the request names one, and both artefacts. */
async function verify(
  fx: RegisterEffects,
  forecast: Forecast,
  { version, model, card, run }: Registration,
): Promise<Result<Card, Refusal>> {
  const refusal = run === undefined ? null : await checkRun(fx, forecast.id, run);
  if (refusal) return failure(refusal);
  const stated = { forecast, version, modelSha256: model.sha256, cardSha256: card.sha256 };
  const verified = await verifyArtefacts(fx, stated);
  return verified.ok ? success(verified.value) : failure({ kind: "unprocessable", ...verified.error });
}

async function checkRun({ db }: Pick<Hub, "db">, forecast: string, id: string): Promise<Refusal | null> {
  const run = await findRun(db, id);
  if (!run) return { kind: "unprocessable", detail: `There is no run ${id}.`, found: id };
  if (run.forecast === forecast) return null;
  const detail = `Run ${id} belongs to another forecast.`;
  return { kind: "unprocessable", detail, found: run.forecast, expected: forecast };
}

/** Extracts the fields of a card that lists and the gate read. */
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
