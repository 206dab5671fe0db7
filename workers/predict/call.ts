/** The argument of a handler, and the type of a route. */
import { operationsPerByte, operationsPerValue } from "../../shared/api/predict-limits.ts";
import type { Background } from "./background.ts";
import type { Reply } from "./respond.ts";
import type { Service } from "./service.ts";

export interface Call {
  readonly request: Request;
  readonly method: string;
  /** Null if the address has no query. */
  readonly query: URLSearchParams | null;
  readonly service: Service;
  /** The forecast of the path; null if the path names none, which means the first forecast. */
  readonly forecast: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** The answer's X-Request-Id. */
  readonly id: string;
  /** True if this Worker generated the id, false if the caller sent it. */
  readonly isOwnId: boolean;
  readonly context: Background;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<"GET" | "POST", Handler>>>;
  /** True for a route without token and rate limit: probes send no token. */
  readonly isOpen?: boolean;
}

/** Returns the address of the caller, as Cloudflare sets it. Callers of a local platform share one. */
export function addressOfCaller(request: Request): string {
  return request.headers.get("CF-Connecting-IP") ?? "unknown";
}

/** Charges the caller for reading a body of so many bytes, also if it is refused then. */
export function chargeBody({ request, service }: Pick<Call, "request" | "service">, bytes: number): void {
  service.budget?.charge(addressOfCaller(request), bytes * operationsPerByte, service.now().getTime());
}

/** Charges the caller for computing `rows` rows with `inputs` values each, and for `operations` of one explanation of each. */
export function chargeRows(
  { request, service }: Pick<Call, "request" | "service">,
  { rows, inputs, operations = 0 }: { readonly rows: number; readonly inputs: number; readonly operations?: number },
): void {
  if (service.budget === null) return;
  const all = rows * (inputs * operationsPerValue + operations);
  service.budget.charge(addressOfCaller(request), all, service.now().getTime());
}
