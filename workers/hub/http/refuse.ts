/** Converts coded refusals into HTTP responses. No other file does this. */
import { problemDetails, type Refusal } from "../../../shared/api/problem.ts";
import type { Result } from "../../../shared/lib/result.ts";

type Headers = Readonly<Record<string, string>>;

/** Formats a refusal as an RFC 9457 response. */
export function refusalResponse(refusal: Refusal, headers: Headers = {}): Response {
  const details = problemDetails(refusal);
  return new Response(JSON.stringify(details, null, 2), {
    status: details.status,
    headers: { "Content-Type": "application/problem+json; charset=utf-8", ...headers },
  });
}

/** Ends a request with a refusal. Only routes and middleware throw it; the app's error handler answers it. */
export class Refused extends Error {
  readonly refusal: Refusal;
  readonly headers: Headers;

  constructor(refusal: Refusal, headers: Headers = {}) {
    super(refusal.detail);
    this.refusal = refusal;
    this.headers = headers;
  }
}

export function refuse(refusal: Refusal, headers?: Headers): never {
  throw new Refused(refusal, headers);
}

/** Returns the value of an action's result, or ends the request with its refusal. */
export function unwrap<Value>(result: Result<Value, Refusal>): Value {
  return result.ok ? result.value : refuse(result.error);
}
