import { problemDetails, type Refusal } from "../../shared/api/problem.ts";

/** A refusal as an RFC 9457 answer. */
export function refusalResponse(refusal: Refusal, headers: Record<string, string> = {}): Response {
  const details = problemDetails(refusal);
  return new Response(JSON.stringify(details, null, 2), {
    status: details.status,
    headers: { "Content-Type": "application/problem+json; charset=utf-8", ...headers },
  });
}

/** Ends a request with a refusal from anywhere below a route; the app's error handler answers with it. */
export function refuse(refusal: Refusal, headers?: Record<string, string>): never {
  throw new Refused(refusalResponse(refusal, headers));
}

export class Refused extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`refused with ${response.status}`);
    this.response = response;
  }
}
