/** The hub's API, as the command line uses it. Answers are parsed; refusals become sentences. */
import { z } from "zod";
import { Failure } from "./failure.ts";

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
const refusalShape = z.looseObject({
  title: z.string(),
  detail: z.string().optional(),
  found: z.string().optional(),
  expected: z.string().optional(),
  allowed: z.array(z.string()).optional(),
  didYouMean: z.string().optional(),
});

export interface HubAddress {
  readonly url: string;
  readonly token: string | undefined;
}

export class HubClient {
  readonly url: string;
  readonly #token: string | undefined;

  constructor({ url, token }: HubAddress) {
    this.url = url.replace(/\/$/, "");
    this.#token = token;
  }

  async feeds(): Promise<FeedSummary[]> {
    return (await this.#json("/feeds", z.object({ feeds: z.array(feedShape) }))).feeds;
  }

  async problems(feed: string): Promise<Record<string, number>> {
    return (await this.#json(`/feeds/${feed}/problems?limit=1`, problemsShape)).byReason;
  }

  flow(id: string): Promise<Flow> {
    return this.#json(`/flows/${id}`, flowShape);
  }

  /** The flow, or null while it is not known. */
  async findFlow(id: string): Promise<Flow | null> {
    const response = await this.request(`/flows/${id}`);
    if (response.status === 404) return null;
    return flowShape.parse(await this.#checked(response));
  }

  /** Ids of the flows that are queued or running. */
  async unfinishedFlows(): Promise<string[]> {
    const shape = z.object({ flows: z.array(z.object({ id: z.string() })) });
    const pages = await Promise.all(
      ["queued", "running"].map((state) => this.#json(`/flows?state=${state}&limit=500`, shape)),
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
    const digest = Buffer.from(file.sha256, "hex").toString("base64");
    const headers = {
      ...this.#authorization(),
      "Content-Digest": `sha-256=:${digest}:`,
      "Content-Length": String(file.length),
      "Content-Type": "application/octet-stream",
    };
    const init = { method: "PUT", headers, body: file.body, duplex: "half" as const };
    const response = await this.request(`/feeds/${feed}/files/${encodeURIComponent(name)}`, init);
    return uploadShape.parse(await this.#checked(response));
  }

  /** One file of a feed's lake; null where there is none. */
  async lakeFile(feed: string, path: string): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | null> {
    const response = await this.request(`/feeds/${feed}/lake/${path}`);
    if (response.status === 404) return null;
    if (!response.ok) await this.#checked(response);
    const etag = (response.headers.get("ETag") ?? "").replaceAll('"', "");
    return { bytes: new Uint8Array(await response.arrayBuffer()), etag };
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(this.url + path, init);
    } catch {
      throw new Failure(`No hub answers at ${this.url}. Start one with \`npm start\`, or name another with --url URL.`);
    }
  }

  async #json<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return shape.parse(await this.#checked(await this.request(path)));
  }

  async #checked(response: Response): Promise<unknown> {
    if (response.ok) return response.json();
    const text = await response.text();
    const refusal = refusalShape.safeParse(parseJson(text));
    if (!refusal.success)
      throw new Failure(`The hub at ${this.url} answered ${response.status}: ${text.slice(0, 200)}`);
    const { title, detail, found, expected, allowed, didYouMean } = refusal.data;
    const parts = [
      `${title}. ${detail ?? ""}`.trim(),
      found && `Found: ${found}.`,
      expected && `Expected: ${expected}.`,
      allowed && `Allowed: ${allowed.join(", ")}.`,
      didYouMean && `Did you mean ${didYouMean}?`,
    ];
    throw new Failure(parts.filter(Boolean).join(" "));
  }

  #authorization(): Record<string, string> {
    return this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
  }
}

export interface UploadBody {
  readonly sha256: string;
  readonly length: number;
  readonly body: ReadableStream<Uint8Array>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
