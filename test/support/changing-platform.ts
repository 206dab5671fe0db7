/**
 * Requests predictions under load while the model and the history change. Compares every answer with its version and
 * its history.
 */
import { buildHistory } from "../../shared/api/history.ts";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { reachOf } from "../../shared/features/feature.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { nextPeriod } from "../../shared/forecasts/schedule.ts";
import { toFacts } from "../../shared/lake/fact.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { buildOutlook, type KnownSeries, type Outlook, positionKey } from "../../shared/predict/snapshot.ts";
import { flowEnded } from "../../trainer/flows.ts";
import type { Hub } from "../../trainer/hub.ts";
import { type Answer, requestBytes } from "../bench/support/http-client.ts";
import { factsOf } from "./facts.ts";
import { openLoop } from "./open-loop.ts";
import { type TestPlatform, upload } from "./platform.ts";
import { type PublicationFile, simulatedPublications } from "./publications.ts";
import { forecast, servable } from "./served.ts";

/** The bias of each version, and the unit on its card. */
const versions: Readonly<Record<string, { readonly bias: number; readonly unit: string }>> = {
  "v1.0": { bias: 1, unit: "one" },
  "v2.0": { bias: 2, unit: "two" },
};

export interface Told {
  readonly requests: number;
  /** Descriptions of failed answers, and of answers that match no version and history. */
  readonly failed: readonly string[];
  readonly mixed: readonly string[];
  /** `version data_as_of` of each answer. */
  readonly seen: ReadonlySet<string>;
  /** Latencies in milliseconds, counted from the time when a request was due. */
  readonly latencies: readonly number[];
}

export interface Load {
  readonly perSecond: number;
  /**
   * Minimum duration. The load continues until answers use both changes. An isolate checks for changes every 30
   * seconds.
   */
  readonly seconds: number;
}

/** Maximum time to wait for both changes. */
const changeMaxMs = 120_000;

/** Serves one version from one publication. Under load, promotes another version and ingests the next publication. */
export async function loadWhileChanging(platform: TestPlatform, { perSecond, seconds }: Load): Promise<Told> {
  const hub = await platform.start();
  const [first, second] = simulatedPublications();
  if (!first || !second) throw new Error("there are no publications");
  const outlooks = await Promise.all([first, second].map(outlookOf));
  await ingest(hub, first);
  await serve(hub, "v1.0");
  const known = outlooks[0]?.series.filter(({ last }) => last !== null) ?? [];
  await firstAnswer(hub, known);
  const failed: string[] = [];
  const mixed: string[] = [];
  const seen = new Set<string>();
  const latencies: number[] = [];
  const newest = `v2.0 ${outlooks[1]?.periods.at(-1)}`;
  const asking = openLoop({
    port: Number(new URL(hub.url).port),
    perSecond,
    goesOn: (ms) => ms < seconds * 1000 || (!seen.has(newest) && ms < changeMaxMs),
    request: (n) => requestBytes({ method: "GET", path: pathOf(known[n % known.length]) }),
    onAnswer(n, answer, ms) {
      latencies.push(ms);
      const wrong = answer.status === 200 ? check(answer, { series: known[n % known.length], outlooks, seen }) : null;
      if (answer.status !== 200) failed.push(`request ${n}: ${answer.status} ${answer.body.slice(0, 200)}`);
      if (wrong !== null) mixed.push(`request ${n}: ${wrong}`);
    },
    onFailure: (n, error) => failed.push(`request ${n}: ${error.message}`),
  });
  const [requests] = await Promise.all([asking, serve(hub, "v2.0").then(() => ingest(hub, second))]);
  return { requests, failed, mixed, seen, latencies };
}

async function outlookOf({ bytes, name }: PublicationFile): Promise<Outlook> {
  const { observations } = await sniimMilk.parse(bytes, { name, arrivedAt: "2026-11-21T12:00:00.000Z" });
  const facts = toFacts(sniimMilk, observations).filter(({ variable }) => variable === forecast.variable);
  const latest = new Set([...new Set(facts.map(({ period }) => period))].sort().slice(-reachOf(forecast.features)));
  const history = buildHistory(
    forecast,
    factsOf(
      forecast,
      facts.filter(({ period }) => latest.has(period)),
    ),
  );
  const built = buildOutlook(forecast, history);
  if (!built.ok) throw new Error(built.error);
  return built.value;
}

async function serve(hub: Hub, version: string): Promise<void> {
  const { bias = 0, unit = "" } = versions[version] ?? {};
  const { model, cardBytes } = servable({ version, bias, card: { unit } });
  const address = { forecast: forecast.id, version };
  await hub.api.uploadArtefact({ ...address, artefact: "model.onnx", body: model });
  await hub.api.uploadArtefact({ ...address, artefact: "card.json", body: cardBytes });
  const digests = { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(cardBytes) } };
  await hub.api.registerModel({ ...address, body: digests });
  const { flow } = await hub.api.promoteModel({ ...address, body: { why: "a test", force: true } });
  await done(hub, flow);
}

async function ingest(hub: Hub, { name, bytes }: PublicationFile): Promise<void> {
  const { flow } = await upload(hub, name, bytes);
  await done(hub, flow);
}

async function done(hub: Hub, flow: string): Promise<void> {
  const { state, reason } = await flowEnded(hub, flow);
  if (state !== "done") throw new Error(`flow ${flow} is ${state}: ${reason}`);
}

/** Waits until predict can answer. */
async function firstAnswer(hub: Hub, known: readonly KnownSeries[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await hub.request(pathOf(known[0]))).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("nothing serves");
}

function pathOf(series: KnownSeries | undefined): string {
  const fields = forecast.dimensions.map((name, at): [string, string] => [name, series?.is[at] ?? ""]);
  return `/predict?${new URLSearchParams(fields)}`;
}

interface Expected {
  readonly series: KnownSeries | undefined;
  readonly outlooks: readonly Outlook[];
  readonly seen: Set<string>;
}

/** Returns the error of an answer, or null if it matches its version and its history. */
function check({ body }: Answer, { series, outlooks, seen }: Expected): string | null {
  const parsed = singleAnswerShape.safeParse(JSON.parse(body));
  if (!parsed.success) return `no answer: ${body.slice(0, 200)}`;
  const { model, unit, data_as_of, target_period, naive, last, predicted_price } = parsed.data;
  seen.add(`${model.version} ${data_as_of}`);
  const version = versions[model.version];
  const outlook = outlooks.find(({ periods }) => periods.at(-1) === data_as_of);
  const position = outlook?.positions.get(positionKey(series?.is ?? []));
  const wanted = position === undefined ? null : outlook?.series[position]?.last;
  if (!version || !wanted) return `no such version or history: ${model.version}, ${data_as_of}`;
  const shown = [unit, target_period, naive, last?.period, last?.value, Number(predicted_price).toFixed(3)];
  const target = nextPeriod(forecast.schedule, data_as_of);
  const sum = (wanted.value + version.bias).toFixed(3);
  const expected = [version.unit, target, wanted.value, wanted.period, wanted.value, sum];
  return shown.join() === expected.join() ? null : `found ${shown.join()}, expected ${expected.join()}`;
}
