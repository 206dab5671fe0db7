import { problemDetails, type Refusal, withShortTexts } from "../../shared/api/problem.ts";

/** An answer as a value. `app.ts` adds the common headers and creates the `Response`. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/** Returns a refusal as RFC 9457 problem details. */
export function refusalReply(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  const details = problemDetails(refusal);
  return {
    status: details.status,
    headers: { "Content-Type": "application/problem+json; charset=utf-8", "Cache-Control": "no-store", ...headers },
    body: JSON.stringify(details, null, 2),
  };
}

/** Returns a refusal as one text, for protocols with a single error message. */
export function sentenceOf(refusal: Refusal): string {
  const { detail, found, expected, allowed = [] } = withShortTexts(refusal);
  const sentences = [detail, found && `Found: ${found}.`, expected && `Expected: ${expected}.`];
  return [...sentences, allowed.length > 0 && `Allowed: ${allowed.join(", ")}.`].filter(Boolean).join(" ");
}

export function jsonReply(body: unknown, parts: Partial<Omit<Reply, "body">> = {}): Reply {
  return jsonTextReply(JSON.stringify(body), parts);
}

/** Returns an answer whose body is JSON text already. */
export function jsonTextReply(body: string, { status = 200, headers = {} }: Partial<Omit<Reply, "body">> = {}): Reply {
  return { status, headers: { ...headers, "Content-Type": "application/json; charset=utf-8" }, body };
}

/** Measures the `Server-Timing` of a request, each part in milliseconds. On Cloudflare the clock advances only during I/O. */
export class Timing {
  #parts = "";
  #since = performance.now();

  /** Ends a part that began at the end of the previous one. */
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
