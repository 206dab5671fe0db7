import type { ModelDetail } from "../../../shared/api/models.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { listAudit } from "../../../shared/db/audit.ts";
import { listGates } from "../../../shared/db/gates.ts";
import type { StagedModel } from "../../../shared/db/models.ts";
import { findServed } from "../../../shared/db/served.ts";
import { listTags } from "../../../shared/db/tags.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Card } from "../../../shared/registry/card.ts";
import type { Hub } from "../hub.ts";
import { readServedFile } from "../registry/served.ts";
import { readRegisteredCard } from "../registry/verify.ts";
import { requireForecast, requireModel } from "./require.ts";

/** Maximum number of decisions of the gate, and of audit rows, for one version. */
const auditRowsMax = 100;

/** Reads one version: card, stage, tags, decisions of the gate and audit. */
export async function readModel(
  fx: Pick<Hub, "db" | "lake">,
  forecast: string,
  version: string,
): Promise<Result<ModelDetail, Refusal>> {
  const model = await requireModel(fx, forecast, version);
  if (!model.ok) return model;
  const card = await requireCard(fx, model.value);
  if (!card.ok) return card;
  const [declaration, tags, gates, audit] = await Promise.all([
    readDeclaration(fx, model.value),
    listTags(fx.db, forecast, version),
    listGates(fx.db, forecast, version),
    listAudit(fx.db, { forecast, version, limit: auditRowsMax }),
  ]);
  return success({ ...model.value, card: card.value, declaration, tags, gates, audit });
}

async function readDeclaration(
  fx: Pick<Hub, "db" | "lake">,
  { forecast, version }: Pick<StagedModel, "forecast" | "version">,
): Promise<ModelDetail["declaration"]> {
  const served = await findServed(fx.db, forecast, version);
  const file = served && (await readServedFile(fx, served));
  return file ? { ...file.declaration } : null;
}

/** Reads the card of a registered version. */
export async function requireCard(
  fx: Pick<Hub, "lake">,
  { forecast: id, version, cardSha256 }: Pick<StagedModel, "forecast" | "version" | "cardSha256">,
): Promise<Result<Card, Refusal>> {
  const forecast = requireForecast(id);
  if (!forecast.ok) return forecast;
  const read = await readRegisteredCard(fx, { forecast: forecast.value, version, cardSha256 });
  if (read.ok) return success(read.value);
  const detail = `card.json of ${id} ${version} in R2 is lost or is not the registered file. Restore it, or train again. The version can still serve.`;
  return failure({ ...read.error, kind: "damaged-file", detail });
}
