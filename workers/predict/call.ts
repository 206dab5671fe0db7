/** One request on its way through the Worker: what a handler gets, and what routes are made of. */
import type { Background } from "./background.ts";
import type { Reply } from "./respond.ts";
import type { Service } from "./service.ts";

export interface Call {
  readonly request: Request;
  readonly method: string;
  /** Null where the address has none. */
  readonly query: URLSearchParams | null;
  readonly service: Service;
  /** The forecast of the path; null where the path names none, which means the first forecast. */
  readonly forecast: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** The answer's X-Request-Id. */
  readonly id: string;
  /** True where this Worker made the id, false where the caller sent it. */
  readonly isOwnId: boolean;
  readonly context: Background;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<"GET" | "POST", Handler>>>;
  /** Needs no PREDICT_TOKEN and does not count for the rate limit: probes send no token. */
  readonly isOpen?: boolean;
}
