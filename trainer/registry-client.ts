/** The registry's half of the hub's API, as the trainer and the command line use it. Refusals become sentences. */
import { z } from "zod";
import { type Artefact, artefactShape } from "../shared/api/artefacts.ts";
import { type AuditRow, auditShape } from "../shared/api/audit.ts";
import {
  type ChampionAnswer,
  championAnswerShape,
  type PromoteRequest,
  type Promotion,
  promotedShape,
  type RollbackRequest,
} from "../shared/api/champions.ts";
import {
  comparisonShape,
  type Model,
  type ModelComparison,
  type ModelDetail,
  modelDetailShape,
  modelShape,
  type RegisterRequest,
} from "../shared/api/models.ts";
import {
  type EndRunRequest,
  type NewRunRequest,
  type Run,
  runShape,
  type TrialRow,
  trialShape,
  trialsMax,
} from "../shared/api/runs.ts";
import { tagsShape } from "../shared/api/tags.ts";
import { sha256Hex } from "../shared/lib/hash.ts";
import type { ArtefactName } from "../shared/registry/keys.ts";
import type { Stage } from "../shared/registry/states.ts";
import { contentDigest, type HubConnection } from "./hub-connection.ts";

const runDetailShape = runShape.extend({ trials: z.array(trialShape) });
export type RunDetail = z.infer<typeof runDetailShape>;

export class RegistryClient {
  readonly #hub: HubConnection;
  readonly #headers: Readonly<Record<string, string>>;

  /** `actor` is who the audit names; without it, whoever holds the token. */
  constructor(hub: HubConnection, actor?: string) {
    this.#hub = hub;
    this.#headers = { ...hub.authorization, ...(actor !== undefined && { "X-Almanac-Actor": actor }) };
  }

  createRun(forecast: string, run: NewRunRequest): Promise<Run> {
    return this.#send("POST", `/forecasts/${encodeURIComponent(forecast)}/runs`, run, runShape);
  }

  /** With its trials. */
  getRun(run: string): Promise<RunDetail> {
    return this.#hub.json(`/runs/${encodeURIComponent(run)}`, runDetailShape);
  }

  async listRuns(forecast: string, limit = 50): Promise<Run[]> {
    const shape = z.object({ runs: z.array(runShape) });
    return (await this.#hub.json(`/forecasts/${encodeURIComponent(forecast)}/runs?limit=${limit}`, shape)).runs;
  }

  /** Logs any number of trials, in batches. A batch that was cut off may be logged again. */
  async logTrials(run: string, trials: readonly TrialRow[]): Promise<void> {
    const shape = z.object({ logged: z.number() });
    for (let from = 0; from < trials.length; from += trialsMax) {
      await this.#send(
        "POST",
        `/runs/${encodeURIComponent(run)}/trials`,
        { trials: trials.slice(from, from + trialsMax) },
        shape,
      );
    }
  }

  endRun(run: string, end: EndRunRequest): Promise<Run> {
    return this.#send("POST", `/runs/${encodeURIComponent(run)}/end`, end, runShape);
  }

  /** Says that nobody works on a run any more; one that has ended stays as it is. */
  async abandonRun(run: string, reason: string): Promise<void> {
    if ((await this.getRun(run)).state === "running") await this.endRun(run, { state: "abandoned", reason });
  }

  async uploadArtefact(
    model: ModelAddress & { readonly name: ArtefactName },
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Artefact> {
    const headers = { ...this.#headers, "Content-Digest": contentDigest(sha256Hex(bytes)) };
    const init = { method: "PUT", headers, body: bytes };
    return this.#hub.json(`${addressOf(model)}/${model.name}`, artefactShape, init);
  }

  register(model: ModelAddress, registration: RegisterRequest): Promise<Model> {
    return this.#send("POST", addressOf(model), registration, modelShape);
  }

  async listModels(
    filter: { readonly forecast?: string; readonly stage?: Stage; readonly limit?: number } = {},
  ): Promise<Model[]> {
    return (await this.#hub.json(`/models?${queryOf(filter)}`, z.object({ models: z.array(modelShape) }))).models;
  }

  getModel(model: ModelAddress): Promise<ModelDetail> {
    return this.#hub.json(addressOf(model), modelDetailShape);
  }

  async downloadArtefact(model: ModelAddress & { readonly name: ArtefactName }): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#hub.request(`${addressOf(model)}/${model.name}`);
    if (!response.ok) await this.#hub.checked(response);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Null where it was never uploaded. */
  async findArtefact(model: ModelAddress & { readonly name: ArtefactName }): Promise<Uint8Array<ArrayBuffer> | null> {
    const response = await this.#hub.request(`${addressOf(model)}/${model.name}`);
    if (response.status === 404) return null;
    if (!response.ok) await this.#hub.checked(response);
    return new Uint8Array(await response.arrayBuffer());
  }

  compare(forecast: string, a: string, b: string): Promise<ModelComparison> {
    const query = new URLSearchParams({ a, b });
    return this.#hub.json(`/models/${encodeURIComponent(forecast)}/compare?${query}`, comparisonShape);
  }

  /** Starts the flow `promote`; `HubClient.ended` waits for its answer. */
  promote(model: ModelAddress, request: PromoteRequest): Promise<Promotion> {
    return this.#send("POST", `${addressOf(model)}/promote`, request, promotedShape);
  }

  rollback(forecast: string, request: RollbackRequest): Promise<ChampionAnswer> {
    return this.#send("POST", `/forecasts/${encodeURIComponent(forecast)}/rollback`, request, championAnswerShape);
  }

  champion(forecast: string): Promise<ChampionAnswer> {
    return this.#hub.json(`/forecasts/${encodeURIComponent(forecast)}/champion`, championAnswerShape);
  }

  /** Null takes the tag away. Returns all tags of the version. */
  async setTag(
    model: ModelAddress,
    tag: { readonly name: string; readonly value: string | null; readonly why?: string },
  ): Promise<Record<string, string>> {
    const { name, value, why } = tag;
    const path = `${addressOf(model)}/tags/${encodeURIComponent(name)}`;
    if (value !== null) return (await this.#send("PUT", path, { value, why }, tagsShape)).tags;
    const query = why === undefined ? "" : `?${new URLSearchParams({ why })}`;
    return (await this.#hub.json(path + query, tagsShape, { method: "DELETE", headers: this.#headers })).tags;
  }

  /** Newest first. */
  async audit(
    filter: { readonly forecast?: string; readonly version?: string; readonly limit?: number } = {},
  ): Promise<AuditRow[]> {
    return (await this.#hub.json(`/audit?${queryOf(filter)}`, z.object({ audit: z.array(auditShape) }))).audit;
  }

  #send<T>(method: string, path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
    const headers = { ...this.#headers, "Content-Type": "application/json" };
    return this.#hub.json(path, shape, { method, headers, body: JSON.stringify(body) });
  }
}

/** A version of a forecast. */
export interface ModelAddress {
  readonly forecast: string;
  readonly version: string;
}

const addressOf = ({ forecast, version }: ModelAddress) =>
  `/models/${encodeURIComponent(forecast)}/${encodeURIComponent(version)}`;

function queryOf(filter: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return query.toString();
}
