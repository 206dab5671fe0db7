/** The typed client of the service: one method for each operation of the OpenAPI document, named by its operationId. */

import { z } from "zod";
import { contentDigest } from "../lib/content-digest.ts";
import { messageOf } from "../lib/error-reason.ts";
import { sha256Hex } from "../lib/hash.ts";
import { parseJson } from "../lib/parse-json.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { type ApiFailure, excerpt, readFailure } from "./api-failure.ts";
import type { DownloadedFile, Endpoint, EndpointAnswer, EndpointInput } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";

/** The network port of the client. The global `fetch` and the `fetch` of a service binding implement it. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchedAnswer>;

export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface FetchedAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface ClientOptions {
  /** Address of the hub, which also forwards to predict. */
  readonly url: string;
  readonly send: Fetch;
  /** `ADMIN_TOKEN`, for writes and private reads. */
  readonly token?: string | undefined;
  /** `PREDICT_TOKEN`, if the service has one. */
  readonly predictToken?: string | undefined;
  /** `PERSONAL_TOKEN`, and the feeds and forecasts that need it. */
  readonly personal?: { readonly names: ReadonlySet<string>; readonly token: string | undefined };
  /** Name for the audit; by default the holder of the token. */
  readonly actor?: string | undefined;
}

type Method<E extends Endpoint> = (
  ...input: Record<never, never> extends EndpointInput<E> ? [input?: EndpointInput<E>] : [input: EndpointInput<E>]
) => Promise<Result<EndpointAnswer<E>, ApiFailure>>;

export type ApiClient = { readonly [Name in keyof typeof endpoints]: Method<(typeof endpoints)[Name]> };

/** Returns a client whose methods never throw: refusals, network errors and unexpected answers are returned as values. */
export function apiClient(options: ClientOptions): ApiClient {
  const methods = Object.entries<Endpoint>(endpoints).map(([name, endpoint]) => [
    name,
    (input: CallInput = {}) => call(options, endpoint, input),
  ]);
  return Object.fromEntries(methods);
}

/** The input of any endpoint: `EndpointInput` without the types of one endpoint. */
interface CallInput {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly [parameter: string]: unknown;
}

async function call(
  options: ClientOptions,
  endpoint: Endpoint,
  input: CallInput,
): Promise<Result<unknown, ApiFailure>> {
  const { method, answer } = endpoint;
  const base = options.url.replace(/\/$/, "");
  const url = base + pathOf(endpoint, input) + queryText(input.query);
  const { body, headers: bodyHeaders } = bodyOf(endpoint, input);
  const init = {
    method,
    headers: { ...callerHeaders(options, endpoint, input), ...bodyHeaders },
    ...(body !== null && { body }),
  };
  let response: FetchedAnswer;
  try {
    response = await options.send(url, init);
    if (!response.ok) return failure(readFailure(response.status, await response.text()));
    if (answer === "bytes") return success(await downloaded(response));
    const text = await response.text();
    return answer === "text" ? success(text) : readAnswer(answer, response.status, text);
  } catch (error) {
    return failure({
      kind: "unreachable",
      url: base,
      reason: messageOf(error),
    });
  }
}

/** Returns the path with its parameters filled in. */
function pathOf({ path }: Pick<Endpoint, "path">, input: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
}

function queryText(query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((member) => member !== undefined)
      .map((member) => `${encodeURIComponent(name)}=${encodeURIComponent(String(member))}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function callerHeaders(
  { token, predictToken, personal, actor }: ClientOptions,
  { token: kind }: Endpoint,
  { feed, forecast, query }: CallInput,
): Readonly<Record<string, string>> {
  const isPersonal = [feed, forecast, query?.["forecast"]].some(
    (name) => typeof name === "string" && personal?.names.has(name),
  );
  const open = isPersonal ? personal?.token : kind === "predict" ? predictToken : undefined;
  const bearer = kind === "hub" ? (token ?? open) : open;
  return {
    ...(bearer && { Authorization: `Bearer ${bearer}` }),
    ...(kind === "hub" && actor !== undefined && { "X-Almanac-Actor": actor }),
  };
}

interface SentBody {
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  readonly headers: Readonly<Record<string, string>>;
}

function bodyOf({ body: schema, file }: Endpoint, { body, contentType }: CallInput): SentBody {
  if (schema) return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  if (file === undefined || !isBytes(body)) return { body: null, headers: {} };
  const headers = {
    "Content-Digest": contentDigest(sha256Hex(body)),
    "Content-Length": String(body.length),
    "Content-Type": contentType ?? file,
  };
  return { body, headers };
}

const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> => value instanceof Uint8Array;

async function downloaded(response: FetchedAnswer): Promise<DownloadedFile> {
  const etag = (response.headers.get("ETag") ?? "").replaceAll('"', "");
  return { bytes: new Uint8Array(await response.arrayBuffer()), etag };
}

/** Validates an answer. Members that are not in the schema are dropped, so that a newer service can send more. */
function readAnswer(shape: z.ZodType, status: number, text: string): Result<unknown, ApiFailure> {
  const json = parseJson(text);
  if (!json.ok) return failure({ kind: "unexpected", status, reason: `found ${excerpt(text)}, expected JSON` });
  const parsed = shape.safeParse(json.value);
  if (parsed.success) return success(parsed.data);
  return failure({ kind: "unexpected", status, reason: z.prettifyError(parsed.error) });
}
