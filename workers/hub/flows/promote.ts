/**
 * The flow `promote`: makes a registered version the champion, or records the reason against it.
 *
 * `done`: the version is the champion. `held`: the gate needs something first (more periods, another judgement).
 * `failed`: an artefact is corrupted, an output is wrong, the gate rejected the version, or another version became
 * champion meanwhile. A repeated request gets the same outcome until the champion changes.
 */
import { z } from "zod";
import { type ChampionRow, changeChampion, findChampion, listChampions } from "../../../shared/db/champions.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { findGate, type GateRow, saveGate } from "../../../shared/db/gates.ts";
import { readLookHistory } from "../../../shared/db/looks.ts";
import { findModel, type ModelRow } from "../../../shared/db/models.ts";
import { findRun } from "../../../shared/db/runs.ts";
import { findServed } from "../../../shared/db/served.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { findForecast, forecasts } from "../../../shared/forecasts/index.ts";
import type { Card } from "../../../shared/registry/card.ts";
import type { Mismatch } from "../../../shared/registry/check-card.ts";
import {
  type Challenger,
  decide,
  decidedByPerson,
  type GateRule,
  type Incumbent,
} from "../../../shared/registry/gate.ts";
import { lookRuleOf } from "../../../shared/registry/look.ts";
import { type ReadData, readDataOf } from "../../../shared/registry/look-data.ts";
import { recipeIdsOf } from "../../../shared/training/recipe.ts";
import type { Hub } from "../hub.ts";
import { writeHistory } from "../ingest/write-history.ts";
import { writeForecastList } from "../registry/forecast-list.ts";
import { type PointerHub, writePointer } from "../registry/pointer.ts";
import type { ServingHub } from "../registry/served.ts";
import { findServable } from "../registry/serving.ts";
import {
  hasRegisteredModel,
  readRegisteredCard,
  type Stated,
  verifyArtefacts,
  verifyGolden,
} from "../registry/verify.ts";
import { VersionFiles } from "../registry/version-files.ts";
import type { Flow, StepResult } from "./flow.ts";

export const promoteParams = z.object({
  forecast: z.string(),
  version: z.string(),
  /** Number of the champion that this promotion follows; 0 if there is none. */
  after: z.int().min(0),
  who: z.string(),
  why: z.string(),
  force: z.boolean(),
});
type Params = z.infer<typeof promoteParams>;

/** Maximum number of decisions. Another gate may use periods while this one decides, and then it decides again. */
const decisionsMax = 5;

/** A version as it is registered. */
interface Registered extends Stated {
  readonly run: ModelRow["run"];
}

type PromoteEffects = Pick<Hub, "db" | "lake" | "snapshots" | "fingerprints" | "evaluate" | "onnx" | "now">;

export async function promote(hub: PromoteEffects, flow: Flow): Promise<Outcome> {
  const params = promoteParams.parse(flow.run.params);
  const forecast = findForecast(params.forecast);
  const model = forecast && (await findModel(hub.db, forecast.id, params.version));
  if (!model) return failed(`${params.forecast} ${params.version} is not registered`);
  const stated: Registered = { ...model, forecast };
  // Read once per process. A revived flow reads again only what a remaining step needs.
  const files = new VersionFiles(hub, stated, { holdsModel: true });

  const broken = await flow.step("verify", async () => {
    // A version with a served.json depends on its own declaration, not on the forecast's declaration of today.
    const served = await findServed(hub.db, forecast.id, params.version);
    const verified = await verifyArtefacts(hub, stated, { anyFingerprint: served !== null, files });
    return { value: verified.ok ? null : verified.error };
  });
  if (broken) return failed(formatMismatch(broken));

  const wrong = await flow.step("golden rows", async () => ({ value: await verifyGolden(hub, stated, files) }));
  files.releaseModel();
  if (wrong) return failed(formatMismatch(wrong));

  const unserved = await flow.step("served.json", async () => {
    const servable = await findServable(hub, forecast, params.version);
    return { value: servable.ok ? null : servable.error };
  });
  if (unserved) return failed(formatMismatch(unserved));

  const decision = await flow.step("gate", async () => {
    const value = await decideOnce(hub, flow.run.id, { params, stated, files });
    return { value, stats: { ...value } };
  });
  if ("overtakenBy" in decision) return overtaken(decision.overtakenBy);
  const stats = { ...decision };
  // The pointer describes the newest decision.
  if (decision.kind !== "promote") await flow.step("pointer", () => rewritePointer(hub, forecast));
  if (decision.kind === "hold") return { state: "held", reason: decision.reason, stats };
  if (decision.kind === "reject") return { state: "failed", reason: `Rejected: ${decision.reason}`, stats };

  const change = await flow.step("champion", async () => {
    const value = await makeChampion(hub, flow.run.id, { params, rule: decision.rule });
    return { value, stats: value.won ? { number: value.number } : { overtakenBy: value.by } };
  });
  if (!change.won) return overtaken(change.by);

  const pointer = await flow.step("pointer", async () => {
    // Writes the history before the pointer: the model may read variables that its predecessor did not.
    await writeHistory(hub, forecast);
    const written = await rewritePointer(hub, forecast);
    await writeForecastList(hub, forecasts);
    return written;
  });
  return { state: "done", reason: decision.reason, stats: { ...stats, number: change.number, pointer } };
}

async function rewritePointer(hub: PointerHub, forecast: Forecast): Promise<StepResult<number | null>> {
  const number = (await writePointer(hub, forecast))?.number ?? null;
  return { value: number, stats: { number } };
}

interface GateRequest {
  readonly params: Params;
  readonly stated: Registered;
  readonly files: VersionFiles;
}

/**
 * Decides by the gate and stores the decision before it takes effect. A flow has one decision, so it cannot use the
 * same periods twice.
 */
async function decideOnce(
  hub: ServingHub,
  flowId: string,
  { params, stated, files }: GateRequest,
): Promise<GateRow | { overtakenBy: string }> {
  for (let tries = 1; tries <= decisionsMax; tries++) {
    const known = await findGate(hub.db, flowId);
    if (known) return known;
    const champion = await findChampion(hub.db, params.forecast);
    if ((champion?.number ?? 0) !== params.after) return { overtakenBy: nameOf(champion) };
    const history = await readLookHistory(hub.db, stated.forecast);
    // A champion that cannot run cannot be judged either: the version is then compared with the baseline alone.
    const canRun = champion !== null && (await canBeJudged(hub, stated.forecast, champion.version));
    const incumbent = canRun ? await incumbentOf(hub, champion) : null;
    const { read } = await files.card();
    if (!read.ok) throw new Error(formatMismatch(read.error));
    const verdict = params.force
      ? decidedByPerson(params.why)
      : decide(challengerOf(stated, read.value), { incumbent, ...history }, lookRuleOf(stated.forecast));
    const { forecast, version } = params;
    const decidedAt = hub.now().toISOString();
    const decision = {
      flowId,
      forecast,
      version,
      incumbent: champion?.version ?? null,
      decidedAt,
      verdict,
      looksBefore: history.looks.length,
      data: {
        facts: read.value.lineage.dataHash,
        readAt: await readAtOf(hub, stated, decidedAt),
        read: await readBy(hub, stated.forecast, read.value),
      },
    };
    const saved = await saveGate(hub.db, decision);
    if (saved) return saved;
  }
  throw new Error(
    `other promotions of ${params.forecast} changed the used periods ${decisionsMax} times in a row; retry this flow`,
  );
}

/** Returns whether a champion can run and its files are the registered ones: a training then judges it. */
async function canBeJudged(hub: ServingHub, forecast: Forecast, version: string): Promise<boolean> {
  const model = await findModel(hub.db, forecast.id, version);
  const servable = await findServable(hub, forecast, version);
  if (model === null || !servable.ok) return false;
  const stated = { ...model, forecast };
  return (await hasRegisteredModel(hub, stated)) && (await readRegisteredCard(hub, stated)).ok;
}

/**
 * Adds every id of the recipe to what the gate reads of a card, because the champion may be the same recipe with an id of an
 * earlier fingerprint rule.
 */
function challengerOf({ forecast, run }: Registered, card: Card): Challenger {
  const { recipe, version, judged } = card;
  const ids = recipeIdsOf(forecast, recipe);
  const known = ids.includes(recipe.id) ? { ...recipe, ids } : recipe;
  return { forecast: forecast.id, version, lookKey: run ?? version, recipe: known, judged };
}

/** Returns when the training of a version read its data; for a version without a run, now. */
async function readAtOf({ db }: Pick<Hub, "db">, { run }: Registered, now: string): Promise<string> {
  const found = run === null ? null : await findRun(db, run);
  return found?.startedAt ?? now;
}

/** Returns what the training of a version read, by the declaration of that training. */
async function readBy(hub: ServingHub, forecast: Forecast, { version, lineage }: Card): Promise<ReadData[]> {
  const servable = await findServable(hub, forecast, version);
  return readDataOf(servable.ok ? servable.value.file.declaration : forecast, lineage.from ?? null);
}

async function incumbentOf(hub: Pick<Hub, "db">, { forecast, version }: ChampionRow): Promise<Incumbent> {
  const model = await findModel(hub.db, forecast, version);
  if (!model) throw new Error(`the champion ${version} of ${forecast} is not registered`);
  const { recipe, candidate, publishedTo } = model;
  return { version, recipe, candidate, publishedTo };
}

type ChampionChange = { readonly won: true; readonly number: number } | { readonly won: false; readonly by: string };

async function makeChampion(
  hub: Pick<Hub, "db" | "now">,
  flowId: string,
  { params, rule }: { readonly params: Params; readonly rule: GateRule },
): Promise<ChampionChange> {
  const { forecast, version, who, why } = params;
  const after = await findChampion(hub.db, forecast);
  if ((after?.number ?? 0) === params.after) {
    const at = hub.now().toISOString();
    if (await changeChampion(hub.db, { forecast, version, rule, flowId, after }, { who, why, at })) {
      return { won: true, number: params.after + 1 };
    }
  }
  // An earlier try of this step may have changed the champion.
  const ours = (await listChampions(hub.db, forecast)).find((change) => change.flowId === flowId);
  if (ours) return { won: true, number: ours.number };
  return { won: false, by: nameOf(await findChampion(hub.db, forecast)) };
}

const nameOf = (champion: ChampionRow | null) => champion?.version ?? "none";

const failed = (reason: string): Outcome => ({ state: "failed", reason, stats: null });
const overtaken = (by: string): Outcome =>
  failed(
    `Version ${by} became champion during the promotion. Judge this version against it, then request the promotion again.`,
  );

/** Formats a mismatch for a person. */
function formatMismatch({ detail, found, expected }: Mismatch): string {
  return `${detail} Found: ${found}. Expected: ${expected}.`;
}
