/** A forecast whose declaration, code and data change while it serves: hub, trainer and predict run in one process. */
import { findChampion } from "../../shared/db/champions.ts";
import { listGates } from "../../shared/db/gates.ts";
import { findModel, listModels } from "../../shared/db/models.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Feed, Observation } from "../../shared/feeds/feed.ts";
import { feeds } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { type ArtefactName, artefactKey } from "../../shared/registry/keys.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import { hasRegisteredModel } from "../../workers/hub/registry/verify.ts";
import { runUpkeep } from "../../workers/hub/upkeep.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { serviceOf } from "../../workers/predict/service.ts";
import { seededNormal, seededRandom } from "./chance.ts";
import { hiddenKinds } from "./hidden-kinds.ts";
import { hub as realHub } from "./hub.ts";
import { ingestHere } from "./ingest-here.ts";
import { base, declared, extras, feed, newKind } from "./living-declaration.ts";
import { Registry } from "./registry.ts";
import { trainHere } from "./train-here.ts";

/** A value that the publisher corrected. */
export interface Correction {
  readonly day: string;
  readonly size: number;
}

/** The second is below the tolerance of two decimals, and above that of three. */
const correctionSizes = [1, 0.004];

const items = ["a", "b", "c"];
const firstDay = "2026-01-01";

export const steps = [
  "edit a feature",
  "add or remove a feature",
  "edit the decimals",
  "correct data",
  "publish newer data",
  "train",
  "promote",
  "promote by force",
  "roll back",
  "restart with the old code",
  "restart with the new code",
] as const;
export type Step = (typeof steps)[number];

/** The whole platform around one forecast. */
export class LivingForecast {
  readonly #random: () => number;
  readonly #registry: Registry;
  readonly #send: (url: string, init?: RequestInit) => Promise<Response>;
  #features: readonly Feature[] = base;
  #decimals = declared.target.decimals;
  #code: "old" | "new" = "old";
  #values: number[][] = items.map(() => []);
  #changes: number[] = items.map(() => 0);
  #uploads = 0;
  #clock = Date.parse("2026-06-01T00:00:00Z");
  /** An isolate that lives as long as the platform. */
  #warm = this.#isolate();
  #corrected: Correction[] = [];
  /** What happened, for the message of a failed expectation. */
  readonly log: string[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const now = () => new Date(this.#clock);
    this.#registry = new Registry({ now });
    this.#send = async (url, init) => hubApp(this.#registry.hub).request(url, init);
    hiddenKinds.clear();
    hiddenKinds.add(newKind);
    (feeds as Feed[]).splice(0, feeds.length, feed);
    this.#declare();
  }

  /** Starts with data and a first training. */
  async begin(): Promise<void> {
    await this.#publish(60);
    await this.run("train");
  }

  async run(step: Step): Promise<void> {
    this.#clock += 60_000;
    this.log.push(`${step}: ${await this.#run(step)}`);
  }

  async #run(step: Step): Promise<string> {
    switch (step) {
      case "edit a feature": {
        const periods = 2 + Math.floor(this.#random() * 3);
        this.#features = this.#features.map((one) =>
          one.name === "change" ? { ...one, kind: "difference", periods } : one,
        );
        await this.#restart();
        return `change over ${periods} days`;
      }
      case "add or remove a feature": {
        const usable = extras.filter(({ kind }) => this.#code === "new" || kind !== newKind);
        const extra = usable[Math.floor(this.#random() * usable.length)];
        if (!extra) return "nothing";
        const isThere = this.#features.some(({ name }) => name === extra.name);
        this.#features = isThere
          ? this.#features.filter(({ name }) => name !== extra.name)
          : [...this.#features, extra];
        await this.#restart();
        return `${isThere ? "removed" : "added"} ${extra.name}`;
      }
      case "edit the decimals":
        this.#decimals = this.#decimals === 2 ? 3 : 2;
        await this.#restart();
        return String(this.#decimals);
      case "correct data":
        return this.correct(correctionSizes[Math.floor(this.#random() * correctionSizes.length)] ?? 1);
      case "publish newer data": {
        const days = 1 + Math.floor(this.#random() * 12);
        await this.#publish(days);
        return `${days} days`;
      }
      case "train":
        return this.#train();
      case "promote":
      case "promote by force":
        return this.#promote(step === "promote by force");
      case "roll back": {
        const path = `/forecasts/${declared.id}/rollback`;
        const { status, body } = await this.#registry.call("POST", path, { why: "a test" });
        return `${status} ${body.detail ?? ""}`;
      }
      case "restart with the old code":
      case "restart with the new code":
        this.#code = step === "restart with the old code" ? "old" : "new";
        if (this.#code === "old") this.#features = this.#features.filter(({ kind }) => kind !== newKind);
        await this.#restart();
        return "";
    }
  }

  /** Answers of an isolate that has served before, and of a new one. */
  async answers(): Promise<{ readonly status: number; readonly body: Record<string, unknown> }[]> {
    this.#clock += 60_000;
    await this.#ask(this.#warm);
    return Promise.all([this.#ask(this.#warm), this.#ask(this.#isolate())]);
  }

  champion() {
    return findChampion(realHub.db, declared.id);
  }

  /** Whether a version may serve: a baseline, or a version that the gate or a person promoted. */
  async mayServe(version: string): Promise<boolean> {
    const model = await findModel(realHub.db, declared.id, version);
    const gates = await listGates(realHub.db, declared.id, version);
    return model !== null && (isNaive(model.candidate) || gates.some(({ kind }) => kind === "promote"));
  }

  #declare(): void {
    hiddenKinds.clear();
    if (this.#code === "old") hiddenKinds.add(newKind);
    (forecasts as Forecast[]).splice(0, forecasts.length, {
      ...declared,
      features: [...this.#features],
      target: { ...declared.target, decimals: this.#decimals },
    });
  }

  /** Starts the hub with today's declaration and code: the upkeep runs before the first request. */
  async #restart(): Promise<void> {
    this.#declare();
    await runUpkeep(this.#registry.hub, forecasts);
    this.#warm = this.#isolate();
  }

  async #train(): Promise<string> {
    const address = { url: "http://hub.test", token: "test-token", send: this.#send };
    const [forecast] = forecasts;
    if (!forecast) throw new Error("there is no forecast");
    const task = {
      forecast,
      why: "a test",
      day: "2026-11-30",
      resume: null,
      seed: 1,
      trialsMax: 2,
      budgetSeconds: null,
      threads: 1,
    } as const;
    const { versions, champion, outcome } = await trainHere(address, task);
    for (const { flow } of versions) {
      if (flow.state === "held" && !flow.reason) throw new Error("a promotion was held without a reason");
    }
    return `${versions.map(({ candidate, flow }) => `${candidate} ${flow.state} (${flow.reason})`).join(", ")}; ${champion}; ${outcome.reason}`;
  }

  /** Publishes all values again, one of an earlier day increased by `size`. */
  async correct(size: number): Promise<string> {
    const [row = []] = this.#values;
    const day = Math.floor(this.#random() * (row.length - 10));
    row[day] = (row[day] ?? 0) + size;
    this.#corrected.push({ day: addDays(firstDay, day), size });
    await this.#upload();
    return `day ${day} by ${size}`;
  }

  /** The published days, the corrections since this was called last, and the tolerance that the declaration has now. */
  data(): { readonly days: readonly string[]; readonly corrected: readonly Correction[]; readonly tolerance: number } {
    const days = (this.#values[0] ?? []).map((_, day) => addDays(firstDay, day));
    return { days, corrected: this.#corrected.splice(0), tolerance: 0.5 * 10 ** -this.#decimals };
  }

  /** Adds a feature and restarts. */
  async addFeature(name: string): Promise<void> {
    this.#features = [...this.#features, ...extras.filter((extra) => extra.name === name)];
    await this.#restart();
    this.log.push(`added ${name}`);
  }

  /** Deletes a file of a version, or replaces it by other bytes of the same size. */
  async damageFile(version: string, damage: "lost" | "changed", name: ArtefactName = "model.onnx"): Promise<void> {
    const key = artefactKey(declared.id, version, name);
    const size = (await realHub.lake.head(key))?.size ?? 0;
    await (damage === "lost" ? realHub.lake.delete(key) : realHub.lake.put(key, new Uint8Array(size)));
    this.log.push(`${damage}: ${key}`);
  }

  /** Whether the model file of a version is the registered one. */
  async hasRegisteredFile(version: string): Promise<boolean> {
    const model = await findModel(realHub.db, declared.id, version);
    return model !== null && hasRegisteredModel(realHub, { ...model, forecast: declared });
  }

  /** Returns the newest version of a candidate. */
  async newest(candidate: string): Promise<string> {
    const known = await listModels(realHub.db, { forecast: declared.id, limit: 100, offset: 0 });
    return known.find((model) => model.candidate === candidate)?.version ?? "none";
  }

  /** Promotes a version as a person who does not ask the gate. */
  async promote(version: string): Promise<void> {
    this.log.push(`promote: ${await this.#promoteVersion(version, true)}`);
  }

  async #promote(force: boolean): Promise<string> {
    const known = await listModels(realHub.db, { forecast: declared.id, limit: 100, offset: 0 });
    return this.#promoteVersion(known[Math.floor(this.#random() * known.length)]?.version ?? "", force);
  }

  async #promoteVersion(version: string, force: boolean): Promise<string> {
    const path = `/models/${declared.id}/${version}/promote`;
    const { status, body } = await this.#registry.call("POST", path, { why: "a test", force });
    if (status >= 300) return `${version} ${status} ${body.detail}`;
    const { state, reason } = (await this.#registry.call("GET", `/flows/${body.flow}`)).body;
    return `${version} ${state} (${reason})`;
  }

  async #publish(days: number): Promise<void> {
    for (let day = 0; day < days; day++) {
      this.#values.forEach((row, index) => {
        // Changes with momentum: a linear model beats the last value.
        const change = 0.7 * (this.#changes[index] ?? 0) + seededNormal(this.#random);
        this.#changes[index] = change;
        row.push(round((row.at(-1) ?? 100) + change));
      });
    }
    await this.#upload();
  }

  async #upload(): Promise<void> {
    const observations = this.#values.flatMap((row, index): Observation[] => {
      const series = { item: items[index] ?? "" };
      return row.map((value, day) => ({ series, variable: "price", period: addDays(firstDay, day), value }));
    });
    const name = `living-${addDays("2026-06-01", this.#uploads++)}.json`;
    const outcome = await ingestHere(this.#registry.hub, {
      name,
      bytes: encodeUtf8(JSON.stringify(observations)),
      feed: feed.id,
      arrivedAt: new Date(this.#clock),
    });
    if (outcome.state !== "done") throw new Error(`${name} is ${outcome.state}: ${outcome.reason}`);
  }

  #isolate() {
    return predictApp(
      serviceOf({
        snapshots: realHub.snapshots,
        lake: realHub.lake,
        cache: null,
        rateLimit: null,
        costLimits: null,
        token: undefined,
        recording: null,
        onnx: null,
        onnxOnlyReason: null,
        codeVersion: "test",
        now: () => new Date(this.#clock),
        wait: (ms) => scheduler.wait(ms),
      }),
    );
  }

  async #ask(app: ReturnType<typeof predictApp>) {
    const background: Promise<unknown>[] = [];
    const request = new Request(`http://predict.test/predict/${declared.id}?item=a`);
    const response = await app(request, { waitUntil: (work) => background.push(work) });
    await Promise.all(background);
    return { status: response.status, body: await response.json<Record<string, unknown>>() };
  }
}

const round = (value: number) => Math.round(value * 100) / 100;
