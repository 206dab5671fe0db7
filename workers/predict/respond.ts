import { problemDetails, type Refusal } from "../../shared/api/problem.ts";

/** A refusal as an RFC 9457 answer. */
export function refusalResponse(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Response {
  const details = problemDetails(refusal);
  return new Response(JSON.stringify(details, null, 2), {
    status: details.status,
    headers: { "Content-Type": "application/problem+json; charset=utf-8", "Cache-Control": "no-store", ...headers },
  });
}

/** A refusal for the protocols that have one text for all of it. */
export function sentenceOf({ detail, found, expected, allowed = [] }: Refusal): string {
  const told = [detail, found && `Found: ${found}.`, expected && `Expected: ${expected}.`];
  return [...told, allowed.length > 0 && `Allowed: ${allowed.join(", ")}.`].filter(Boolean).join(" ");
}

export interface JsonInit {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonResponse(body: unknown, { status = 200, headers = {} }: JsonInit = {}): Response {
  const all = { ...headers, "Content-Type": "application/json; charset=utf-8" };
  return new Response(JSON.stringify(body), { status, headers: all });
}

/** `Server-Timing` of a request: each part in milliseconds. In production a clock stands still while code runs. */
export class Timing {
  readonly #parts: string[] = [];
  #since = performance.now();

  /** Ends a part that began where the last one ended. */
  end(part: string): void {
    const now = performance.now();
    this.#parts.push(`${part};dur=${(now - this.#since).toFixed(2)}`);
    this.#since = now;
  }

  get header(): string {
    return this.#parts.join(", ");
  }
}
