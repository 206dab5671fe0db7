/** The model of the benches: a forest of a hundred trees, trained on the simulated market, with its history. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChampionPointer } from "../../../shared/api/champion.ts";
import { buildHistory } from "../../../shared/api/history.ts";
import { emptySpace } from "../../../shared/candidates/spaces.ts";
import { reachOf } from "../../../shared/features/feature.ts";
import { sniimMilk } from "../../../shared/feeds/sniim-milk.ts";
import { fingerprintOf } from "../../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { milkMx } from "../../../shared/forecasts/milk-mx.ts";
import { type Fact, toFacts } from "../../../shared/lake/fact.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import type { Card } from "../../../shared/registry/card.ts";
import { milkMarket } from "../../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../../trainer/simulate/sniim-workbook.ts";
import { codeVersion } from "../../../trainer/training/code-version.ts";
import { prepare, runContest, withPool } from "../../../trainer/training/run-contest.ts";
import { publishOrFail } from "../../../trainer/training/train.ts";
import { factsOf } from "../../support/facts.ts";
import { pointerTo, servedTextOf } from "../../support/snapshot.ts";

const seed = 1;
const today = "2026-11-20";

/** Trains one forest without a search, to save time. Everything else is a normal training. */
const forecast: Forecast = {
  ...milkMx,
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "random-forest", space: { trees: { kind: "integer", low: 100, high: 100 } }, trials: 1 },
  ],
  averageOf: [],
  change: milkMx.change && { ...milkMx.change, trials: 1 },
};

/** Everything that KV and R2 store for a forecast with a champion. */
export interface Stored {
  readonly forecast: string;
  readonly pointer: ChampionPointer;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly servedText: string;
  readonly historyText: string;
}

export interface Learned extends Stored {
  readonly card: Card;
}

/** Returns the same model each time. It is cached in the system's temporary folder, because training takes half a minute. */
export async function learnedModel(): Promise<Learned> {
  const file = join(tmpdir(), `almanac-bench-${sha256Hex(codeVersion() + fingerprintOf(forecast)).slice(0, 16)}.json`);
  if (!existsSync(file)) {
    const { model, card, historyText } = await learn();
    writeFileSync(file, JSON.stringify({ model: Buffer.from(model).toString("base64"), card, historyText }));
  }
  const cached: CachedModel = JSON.parse(readFileSync(file, "utf8"));
  const { card, historyText } = cached;
  return { card, ...stored({ model: Uint8Array.from(Buffer.from(cached.model, "base64")), card, historyText }) };
}

interface CachedModel {
  readonly model: string;
  readonly card: Card;
  readonly historyText: string;
}

async function learn(): Promise<Servable> {
  const facts = await simulatedFacts();
  const prepared = prepare(forecast, factsOf(forecast, facts));
  const { model, card } = await withPool(prepared, async (pool) => {
    const options = { seed, trialsMax: null, budgetSeconds: null, incumbent: null };
    const { judged, trials } = await runContest(prepared, options, { pool, onProgress: () => {} });
    const parameters = trials.find(({ candidate }) => candidate === "random-forest")?.parameters;
    if (!parameters) throw new Error("the contest has no forest");
    const { bench, judgement } = judged;
    const task = { forecast, bench, judgement, recipe: { candidate: "random-forest", parameters }, seed };
    const { dataHash, observations, breaks } = prepared;
    const lineage = { reason: "a bench", codeVersion: "bench", trials: trials.length };
    return publishOrFail({ ...task, ...lineage, dataHash, observations, breaks }, pool);
  });
  return { model, card, historyText: historyOf(facts) };
}

interface Servable {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
  readonly historyText: string;
}

/** Returns a model, its card and a history as they are stored after a promotion. */
export function stored({ model, card, historyText }: Servable, number = 1): Stored {
  const servedText = servedTextOf(forecast, card);
  return { forecast: card.forecast, pointer: pointerTo(card, servedText, number), model, servedText, historyText };
}

async function simulatedFacts(): Promise<Fact[]> {
  const market = milkMarket({ seed: "bench", firstDay: "2024-01-01" });
  const day = market.publicationDays(today).at(-1) ?? today;
  const { observations } = await sniimMilk.parse(writeSniimWorkbook(market, day), {
    name: "Leche.xlsx",
    arrivedAt: `${today}T12:00:00.000Z`,
  });
  return toFacts(sniimMilk, observations);
}

/** Returns the history as the hub writes it: the periods that the features read. */
function historyOf(facts: readonly Fact[]): string {
  const periods = new Set([...new Set(facts.map(({ period }) => period))].sort().slice(-reachOf(forecast.features)));
  const latest = facts.filter(({ period, variable }) => variable === forecast.variable && periods.has(period));
  return JSON.stringify(buildHistory(forecast, factsOf(forecast, latest)));
}
