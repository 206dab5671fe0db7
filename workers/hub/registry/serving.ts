/**
 * Which versions of a forecast can run in this build, and which of them serves. Where the champion cannot run, the best earlier
 * version that can takes its place, else a baseline; the champion serves again as soon as it can run.
 */
import { type ChampionRow, changeChampion, findChampion, listChampions } from "../../../shared/db/champions.ts";
import { findModel, listModels } from "../../../shared/db/models.ts";
import type { ServedRow } from "../../../shared/db/served.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { targetSourceOf } from "../../../shared/forecasts/source.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Mismatch } from "../../../shared/registry/check-card.ts";
import { computableFeatures } from "../../../shared/registry/computable-features.ts";
import { artefactKey, servedFormat, servedKey } from "../../../shared/registry/keys.ts";
import type { ServedModelFile } from "../../../shared/registry/served.ts";
import { type ServingOrder, servingOrder } from "../../../shared/registry/serving-order.ts";
import { runsAgain } from "../../../shared/registry/serving-text.ts";
import type { Hub } from "../hub.ts";
import { ensureServed, readServedFile, type ServingHub } from "./served.ts";
import { verifyArtefacts, verifyGolden } from "./verify.ts";
import { VersionFiles } from "./version-files.ts";

/** The versions that are considered, at most. Older ones are not needed: a baseline is registered by every training. */
const versionsMax = 200;
/** Names of the versions that a champion pointer lists beside the champion. */
const fallbacksMax = 2;

/** A version that can run, with the files that `predict` reads. */
export interface Servable {
  readonly version: string;
  readonly modelSha256: string;
  readonly modelBytes: number;
  readonly served: ServedRow;
  readonly file: ServedModelFile;
}

/** Returns the files of a version if this build can run it, or why it cannot. Does not read the model's bytes. */
export async function findServable(
  hub: ServingHub,
  forecast: Forecast,
  version: string,
): Promise<Result<Servable, Mismatch>> {
  const model = await findModel(hub.db, forecast.id, version);
  if (model === null)
    return failure({ detail: "It is not registered.", found: version, expected: "a registered version" });
  const served = await ensureServed(hub, { forecast, version });
  if (!served.ok) return served;
  const { sha256 } = served.value;
  const file = await readServedFile(hub, { forecast: forecast.id, version, sha256 });
  if (file === null) {
    const found = servedKey(forecast.id, version, sha256);
    return failure({ detail: "served.json cannot be read.", found, expected: `a file of format ${servedFormat}` });
  }
  const unfit = whyUnfit(forecast, file);
  if (unfit) return failure(unfit);
  const { modelSha256, modelBytes } = model;
  const key = artefactKey(forecast.id, version, "model.onnx");
  const object = await hub.lake.head(key);
  if (object?.size !== modelBytes) {
    const found = object ? `${object.size} bytes` : "nothing";
    return failure({ detail: `${key} is not the registered file.`, found, expected: `${modelBytes} bytes` });
  }
  return success({ version, modelSha256, modelBytes, served: served.value, file });
}

/** Returns why a served.json cannot be used with this code and today's declaration; null if it can. */
function whyUnfit(forecast: Forecast, file: ServedModelFile): Mismatch | null {
  const computable = computableFeatures(file);
  if (!computable.ok) {
    const detail = "This code cannot compute a feature of the model.";
    return { detail, found: computable.error, expected: "a kind that this code has" };
  }
  const unknown = file.declaration.sources.find(({ feed }) => findFeed(feed) === undefined);
  if (unknown) {
    return { detail: "The model reads a feed that this code does not have.", found: unknown.feed, expected: "a feed" };
  }
  const [found, expected] = [targetOf(file.declaration), targetOf(forecast)];
  return found === expected ? null : { detail: "The model predicts another target.", found, expected };
}

/** Describes what a history is of. A version can be served from a history of the same target only. */
function targetOf(declaration: Pick<Forecast, "id" | "variable" | "dimensions" | "schedule" | "sources" | "events">) {
  const { variable, dimensions, schedule, events = [] } = declaration;
  const { feed, reduce = null } = targetSourceOf(declaration);
  const { every, weekdays = null, periods } = schedule;
  const event = events.find(({ name }) => name === variable) ?? null;
  return JSON.stringify({ variable, feed, dimensions, every, weekdays, periods, reduce, event });
}

async function orderOf({ db }: Pick<Hub, "db">, forecast: string): Promise<ServingOrder> {
  const [changes, registered] = await Promise.all([
    listChampions(db, forecast),
    listModels(db, { forecast, limit: versionsMax, offset: 0 }),
  ]);
  return servingOrder(changes, registered);
}

/** Returns the champion, if it can run, and the versions that `predict` may use in its place: the next one and a baseline. */
export async function listServable(hub: ServingHub, forecast: Forecast): Promise<Servable[]> {
  const champion = await findChampion(hub.db, forecast.id);
  if (champion === null) return [];
  const { versions } = await orderOf(hub, forecast.id);
  const own = await findServable(hub, forecast, champion.version);
  const others: Servable[] = [];
  for (const version of versions) {
    if (others.length === fallbacksMax) break;
    if (version === champion.version) continue;
    const servable = await findServable(hub, forecast, version);
    if (servable.ok) others.push(servable.value);
  }
  return own.ok ? [own.value, ...others] : others;
}

export interface EnsureOptions {
  /** True after `predict` reported that it cannot load the champion: its bytes and its golden rows are checked, too. */
  readonly isThorough?: boolean;
}

/**
 * Makes the version serve that should: the decided champion if it can run, else the next that can. Returns the champion.
 * Changes nothing if no version can run: `predict` then reports why it cannot load the champion.
 */
export async function ensureServing(
  hub: ServingHub & Pick<Hub, "evaluate" | "onnx">,
  forecast: Forecast,
  { isThorough = false }: EnsureOptions = {},
): Promise<ChampionRow | null> {
  const champion = await findChampion(hub.db, forecast.id);
  if (champion === null) return null;
  const { decided, versions } = await orderOf(hub, forecast.id);
  const problems: string[] = [];
  for (const version of versions) {
    // A change of champion is always checked thoroughly: otherwise each upkeep would restore a version whose file is damaged.
    const isChange = version !== champion.version;
    const problem = await whyNot(hub, { forecast, version, isThorough: isThorough || isChange });
    if (problem === null) {
      if (!isChange) return champion;
      const why = version === decided ? runsAgain(version) : problems.join(" ");
      return fallBack(hub, champion, { version, why });
    }
    const { detail, found, expected } = problem;
    problems.push(`${version} cannot run: ${detail} Found ${found}, expected ${expected}.`);
  }
  console.error(`${forecast.id}: no version can run. ${problems.join(" ")}`);
  return champion;
}

interface Checked {
  readonly forecast: Forecast;
  readonly version: string;
  readonly isThorough: boolean;
}

async function whyNot(
  hub: ServingHub & Pick<Hub, "evaluate" | "onnx">,
  { forecast, version, isThorough }: Checked,
): Promise<Mismatch | null> {
  const servable = await findServable(hub, forecast, version);
  if (!servable.ok) return servable.error;
  if (!isThorough) return null;
  const model = await findModel(hub.db, forecast.id, version);
  if (model === null) throw new Error(`${forecast.id} ${version} was registered a moment ago`);
  const stated = { ...model, forecast };
  const files = new VersionFiles(hub, stated, { holdsModel: true });
  const verified = await verifyArtefacts(hub, stated, { anyFingerprint: true, files });
  return verified.ok ? verifyGolden(hub, stated, files) : verified.error;
}

/** Records the change. If another change came first, the champion of that change is returned. */
async function fallBack(
  hub: Pick<Hub, "db" | "now">,
  champion: ChampionRow,
  { version, why }: { readonly version: string; readonly why: string },
): Promise<ChampionRow | null> {
  const { forecast } = champion;
  const change = { forecast, version, rule: "fallback", flowId: null, after: champion } as const;
  await changeChampion(hub.db, change, { who: "hub", why, at: hub.now().toISOString() });
  return findChampion(hub.db, forecast);
}
