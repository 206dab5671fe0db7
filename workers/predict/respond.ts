import { problemDetails, type Refusal } from "../../shared/api/problem.ts";

/** An answer as a value: what every answer carries is added to it, and a `Response` made of it once. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A refusal as an RFC 9457 answer. */
export function refusalReply(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  const details = problemDetails(refusal);
  return {
    status: details.status,
    headers: { "Content-Type": "application/problem+json; charset=utf-8", "Cache-Control": "no-store", ...headers },
    body: JSON.stringify(details, null, 2),
  };
}

/** A refusal for the protocols that have one text for all of it. */
export function sentenceOf({ detail, found, expected, allowed = [] }: Refusal): string {
  const told = [detail, found && `Found: ${found}.`, expected && `Expected: ${expected}.`];
  return [...told, allowed.length > 0 && `Allowed: ${allowed.join(", ")}.`].filter(Boolean).join(" ");
}

export function jsonReply(body: unknown, parts: Partial<Omit<Reply, "body">> = {}): Reply {
  return jsonTextReply(JSON.stringify(body), parts);
}

/** `body` is JSON. */
export function jsonTextReply(body: string, { status = 200, headers = {} }: Partial<Omit<Reply, "body">> = {}): Reply {
  return { status, headers: { ...headers, "Content-Type": "application/json; charset=utf-8" }, body };
}

/** `Server-Timing` of a request: each part in milliseconds. In production a clock stands still while code runs. */
export class Timing {
  #parts = "";
  #since = performance.now();

  /** Ends a part that began where the last one ended. */
  end(part: string): void {
    const now = performance.now();
    const duration = `${part};dur=${Math.round((now - this.#since) * 100) / 100}`;
    this.#parts = this.#parts === "" ? duration : `${this.#parts}, ${duration}`;
    this.#since = now;
  }

  get header(): string {
    return this.#parts;
  }
}
