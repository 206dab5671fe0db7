/** The client of a running hub for commands: the typed API client, with failures as exceptions. */
import { type ApiFailure, failureText } from "../shared/api/api-failure.ts";
import { type ApiClient, apiClient, type Fetch } from "../shared/api/client.ts";
import { personalNames } from "../shared/forecasts/personal.ts";
import type { Result, Success } from "../shared/lib/result.ts";
import { Failure } from "./failure.ts";

export interface HubAddress {
  readonly url: string;
  /** `ADMIN_TOKEN` of the hub. */
  readonly token: string | undefined;
  /** `PERSONAL_TOKEN` of the hub, for personal feeds and forecasts. Default: `token`, which opens them in the hub too. */
  readonly personalToken?: string | undefined;
  /** Name of the actor in the audit log; by default the holder of the token. */
  readonly actor?: string | undefined;
  /** Replaces `fetch`, for example to report progress. */
  readonly send?: Fetch | undefined;
}

export interface Hub extends HubAddress {
  /** Every operation of the API. @throws ApiRefusal if it returns no value. */
  readonly api: ThrowingClient;
  /** Sends a request that is not an operation of the API. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** A failure of the API; callers can handle one kind of it. */
export class ApiRefusal extends Failure {
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure, { url, token }: Pick<HubAddress, "url" | "token">) {
    super(textOf(failure, { url, token }));
    this.failure = failure;
  }
}

/** The answers of the API explain requests. A command needs the address and the variable with the token instead. */
function textOf(failure: ApiFailure, { url, token }: Pick<HubAddress, "url" | "token">): string {
  if (failure.kind === "unreachable") return noHub(failure.url);
  if (failure.kind !== "refused" || failure.status !== 401) return failureText(failure);
  const found = token === undefined ? "requires its token" : "rejected the token";
  return `The hub at ${url} ${found}. Set ALMANAC_TOKEN to the ADMIN_TOKEN of that hub. Commands on the machine of \`npm start\` find it by --state DIR or --url URL.`;
}

type ValueOf<Outcome> = Outcome extends Success<infer Value> ? Value : never;
export type ThrowingClient = {
  readonly [Name in keyof ApiClient]: (
    ...input: Parameters<ApiClient[Name]>
  ) => Promise<ValueOf<Awaited<ReturnType<ApiClient[Name]>>>>;
};

/**
 * Opens a hub without sending a request. Redirects are not
 * followed: a hub sends none, and another address, perhaps without TLS, must not receive the token of this one.
 */
export function openHub(address: HubAddress): Hub {
  const {
    token,
    personalToken = token,
    actor,
    send = (url, init) => fetch(url, { ...init, redirect: "manual" }),
  } = address;
  const url = address.url.replace(/\/$/, "");
  const predictToken = process.env.PREDICT_TOKEN || undefined;
  const personal = { names: personalNames, token: personalToken };
  const client = apiClient({ url, send, token, predictToken, personal, actor });
  return {
    url,
    token,
    personalToken,
    actor,
    api: throwing(client, { url, token }),
    request: (path, init) => request(url, path, init),
  };
}

/** Returns null for 404. */
export async function orNull<Value>(call: Promise<Value>): Promise<Value | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiRefusal && error.failure.kind === "refused" && error.failure.status === 404) return null;
    throw error;
  }
}

function throwing(client: ApiClient, address: Pick<HubAddress, "url" | "token">): ThrowingClient {
  const methods: [string, (...input: never[]) => Promise<Result<unknown, ApiFailure>>][] = Object.entries(client);
  return Object.fromEntries(
    methods.map(([name, method]) => [
      name,
      async (...input: never[]) => {
        const result = await method(...input);
        if (!result.ok) throw new ApiRefusal(result.error, address);
        return result.value;
      },
    ]),
    // Object.entries loses the types; each method has the name and the types of the client's method.
  ) as ThrowingClient;
}

async function request(url: string, path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url + path, { ...init, redirect: "manual" });
  } catch {
    throw new Failure(noHub(url));
  }
}

function noHub(url: string): string {
  return `No hub responds at ${url}. Start one with \`npm start\`, or name another with --url URL.`;
}
