/** The hub's API, as the command line uses it. Answers are parsed; refusals become sentences. */
import { z } from "zod";
import { findFeed } from "../shared/feeds/index.ts";
import { Failure } from "./failure.ts";
import { contentDigest, type HubAddress, HubConnection } from "./hub-connection.ts";

const count = z.record(z.string(), z.number());

export const flowShape = z.object({
  id: z.string(),
  kind: z.string(),
  key: z.string(),
  state: z.enum(["queued", "running", "done", "held", "failed"]),
  reason: z.string().nullable(),
  params: z.record(z.string(), z.unknown()),
  stats: z.looseObject({ problemsByReason: count.optional() }).nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  steps: z.array(z.object({ name: z.string(), state: z.string(), tries: z.number(), error: z.string().nullable() })),
});
export type Flow = z.infer<typeof flowShape>;

const uploadShape = z.object({ flow: z.string(), state: z.string(), key: z.string(), known: z.boolean() });

const feedShape = z.object({
  id: z.string(),
  title: z.string(),
  publisher: z.string(),
  observations: z.number(),
  partitions: z.number(),
  firstPeriod: z.string().nullable(),
  lastPeriod: z.string().nullable(),
  cursor: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
});
export type FeedSummary = z.infer<typeof feedShape>;

const problemsShape = z.object({ byReason: count });

export class HubClient {
  /** For the other half of the API: `new RegistryClient(client.connection)`. */
  readonly connection: HubConnection;

  constructor(address: HubAddress) {
    this.connection = new HubConnection(address);
  }

  get url(): string {
    return this.connection.url;
  }

  async feeds(): Promise<FeedSummary[]> {
    return (await this.connection.json("/feeds", z.object({ feeds: z.array(feedShape) }))).feeds;
  }

  async problems(feed: string): Promise<Record<string, number>> {
    return (await this.connection.json(`/feeds/${feed}/problems?limit=1`, problemsShape)).byReason;
  }

  flow(id: string): Promise<Flow> {
    return this.connection.json(`/flows/${id}`, flowShape);
  }

  /** The flow, or null while it is not known. */
  async findFlow(id: string): Promise<Flow | null> {
    const response = await this.request(`/flows/${id}`);
    if (response.status === 404) return null;
    return flowShape.parse(await this.connection.checked(response));
  }

  /** Ids of the flows that are queued or running. */
  async unfinishedFlows(): Promise<string[]> {
    const shape = z.object({ flows: z.array(z.object({ id: z.string() })) });
    const pages = await Promise.all(
      ["queued", "running"].map((state) => this.connection.json(`/flows?state=${state}&limit=500`, shape)),
    );
    return pages.flatMap(({ flows }) => flows.map(({ id }) => id));
  }

  /** Waits until a flow has ended. `onStep` hears the name of every step as it begins. */
  async ended(id: string, onStep: (step: string) => void = () => {}, waitMaxMs = 600_000): Promise<Flow> {
    const until = Date.now() + waitMaxMs;
    for (let step = ""; ; ) {
      const flow = await this.findFlow(id);
      if (flow && ["done", "held", "failed"].includes(flow.state)) return flow;
      const current = flow?.steps.at(-1)?.name ?? "queued";
      if (current !== step) onStep(current);
      step = current;
      if (Date.now() > until)
        throw new Failure(`Flow ${id} has not ended within ${waitMaxMs / 1000} s; see ${this.url}/flows/${id}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  /** Sends a publication with its digest, so that the hub streams it. `body` may be a stream that reports progress. */
  async upload(feed: string, name: string, file: UploadBody): Promise<z.infer<typeof uploadShape>> {
    const headers = {
      ...this.connection.authorization,
      "Content-Digest": contentDigest(file.sha256),
      "Content-Length": String(file.length),
      "Content-Type": findFeed(feed)?.file.contentTypes[0] ?? "application/octet-stream",
    };
    const init = { method: "PUT", headers, body: file.body, duplex: "half" as const };
    const response = await this.request(`/feeds/${feed}/files/${encodeURIComponent(name)}`, init);
    return uploadShape.parse(await this.connection.checked(response));
  }

  /** One file of a feed's lake; null where there is none. */
  async lakeFile(feed: string, path: string): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | null> {
    const response = await this.request(`/feeds/${feed}/lake/${path}`);
    if (response.status === 404) return null;
    if (!response.ok) await this.connection.checked(response);
    const etag = (response.headers.get("ETag") ?? "").replaceAll('"', "");
    return { bytes: new Uint8Array(await response.arrayBuffer()), etag };
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    return this.connection.request(path, init);
  }
}

export interface UploadBody {
  readonly sha256: string;
  readonly length: number;
  readonly body: ReadableStream<Uint8Array>;
}
