import { HTTPException } from "hono/http-exception";
import { problemDetails, type Refusal } from "../../shared/api/problem.ts";

/** A refusal as an RFC 9457 answer. */
export function refusalResponse(refusal: Refusal, headers: Record<string, string> = {}): Response {
  const details = problemDetails(refusal);
  return new Response(JSON.stringify(details, null, 2), {
    status: details.status,
    headers: { "Content-Type": "application/problem+json; charset=utf-8", ...headers },
  });
}

/** Ends a request with a refusal from anywhere below a route. */
export function refuse(refusal: Refusal, headers?: Record<string, string>): never {
  throw new HTTPException(400, { res: refusalResponse(refusal, headers) });
}
