/** Runs the registry of the hub in workerd. Flows run at once, without Workflows. */
import type { WorkflowStep } from "cloudflare:workers";
import type { Outcome } from "../../shared/db/flows.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { findForecast } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import type { ArtefactName } from "../../shared/registry/keys.ts";
import { edition } from "../../workers/hub/flows/edition.ts";
import { type Flow, runFlow } from "../../workers/hub/flows/flow.ts";
import { promote } from "../../workers/hub/flows/promote.ts";
import { report } from "../../workers/hub/flows/report.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import type { FlowParams, Hub } from "../../workers/hub/hub.ts";
import { bytesOf, type TinyModel, type TinyStory, tinyModel } from "./card.ts";
import { hub as realHub } from "./hub.ts";

const found = findForecast("milk-mx");
if (!found) throw new Error("there is no forecast milk-mx");
export const forecast = found;

/** A baseline that is as good as the baseline of the comparison. */
export const naive = { candidate: "naive", losses: { challenger: 2, naive: 2 } };

/** Another recipe that is better than all others. */
export function better(recipe: string, incumbent: string, from = "2026-01-01"): Partial<TinyStory> {
  return { recipe, incumbent, from, losses: { challenger: 1, naive: 2, incumbent: 2 } };
}

interface Champion {
  readonly version: string;
  readonly number: number;
  readonly rule: string;
  readonly who: string;
  readonly why: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON that is not validated. */
  readonly body: Record<string, unknown>;
}

/** Uses a separate hub. */
export class Registry {
  readonly hub: Hub;
  /** Called before each step of a flow. */
  before: (step: string) => Promise<void> = async () => {};
  /** Runs every step twice, as after a crash that lost the first result. */
  forgetful = false;

  readonly #of: Forecast;

  /** @param of the forecast of its versions */
  constructor(parts: Partial<Hub> = {}, of: Forecast = forecast) {
    this.#of = of;
    this.hub = { ...realHub, workflows: this.#workflows(), ...parts };
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const given = new Headers({ Authorization: "Bearer test-token", ...headers });
    if (body !== undefined && !(body instanceof Uint8Array)) given.set("Content-Type", "application/json");
    const payload = body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) };
    const response = await hubApp(this.hub).request(path, { method, headers: given, ...payload });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  upload(version: string, name: ArtefactName, bytes: Uint8Array, sha256 = sha256Hex(bytes)): Promise<Answer> {
    return this.call("PUT", `/models/${this.#of.id}/${version}/${name}`, bytes, {
      "Content-Length": String(bytes.length),
      "Content-Digest": digestOf(sha256),
    });
  }

  async uploadBoth({ model, card }: TinyModel): Promise<void> {
    await this.upload(card.version, "model.onnx", model);
    await this.upload(card.version, "card.json", bytesOf(card));
  }

  register({ model, card }: TinyModel, more: Record<string, unknown> = {}): Promise<Answer> {
    const shas = { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(bytesOf(card)) } };
    return this.call("POST", `/models/${this.#of.id}/${card.version}`, { ...shas, ...more });
  }

  /** Uploads and registers a version. Throws if it is refused. */
  async registered(version: string, story: Omit<TinyStory, "forecast" | "version"> = {}): Promise<TinyModel> {
    const built = tinyModel({ forecast: this.#of, version, ...story });
    await this.uploadBoth(built);
    const { status, body } = await this.register(built);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return built;
  }

  /** Requests a promotion and returns the ended flow. */
  async promote(
    version: string,
    request: Record<string, unknown> = { why: "a test" },
  ): Promise<Record<string, unknown>> {
    const answer = await this.call("POST", `/models/${this.#of.id}/${version}/promote`, request);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return (await this.call("GET", `/flows/${answer.body.flow}`)).body;
  }

  /** Registers and promotes a version. Throws if it does not become the champion. */
  async served(version: string, story: Partial<TinyStory> = {}): Promise<void> {
    await this.registered(version, story);
    const flow = await this.promote(version);
    if (flow.state !== "done") throw new Error(JSON.stringify(flow));
  }

  async champion(): Promise<Champion | null> {
    const { champion } = (await this.call("GET", `/forecasts/${this.#of.id}/champion`)).body;
    return champion as Champion | null;
  }

  /** Returns the pointer in KV. */
  async pointer(): Promise<Record<string, unknown> | null> {
    return this.hub.snapshots.get(`champion:${this.#of.id}`, "json");
  }

  #workflows(): Hub["workflows"] {
    return {
      promote: this.#inPlace((flow) => promote(this.hub, flow)),
      report: this.#inPlace((flow) => report(this.hub, flow)),
      edition: this.#inPlace((flow) => edition(this.hub, flow)),
    };
  }

  /** A Workflow without an engine: it runs at once. */
  #inPlace(body: (flow: Flow) => Promise<Outcome>): Workflow<FlowParams> {
    const createBatch = async (batch: WorkflowInstanceCreateOptions<FlowParams>[]) => {
      for (const { params } of batch) {
        if (!params) continue;
        const step = { do: (name: string, ...rest: unknown[]) => this.#step(name, rest) };
        // Flows use only `do`. A failed flow throws at its end, but the caller of a Workflow does not receive the
        // error.
        await runFlow(this.hub, { params, step: step as unknown as WorkflowStep }, body).catch(() => {});
      }
      return [];
    };
    return { createBatch } as unknown as Workflow<FlowParams>;
  }

  async #step(name: string, rest: readonly unknown[]): Promise<unknown> {
    await this.before(name);
    const work = rest.at(-1);
    if (typeof work !== "function") throw new Error(`step ${name} has no work`);
    // The first and the last step of an attempt run once, because a second run would find the attempt ended.
    if (this.forgetful && !["begin", "end"].includes(name)) await work();
    return work();
  }
}

export function digestOf(sha256: string): string {
  const bytes = sha256.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}
