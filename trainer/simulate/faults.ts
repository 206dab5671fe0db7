/** Faults of a publisher, for tests. Each fault changes one response. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export type Fault =
  | { readonly kind: "status"; readonly status: 500 | 503 }
  /** The correct response after a delay. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** Only the first bytes. Content-Length is the full size (then the connection drops) or the size that was sent. */
  | { readonly kind: "truncated"; readonly bytes: number; readonly announced: "all" | "sent" }
  /** A maintenance page with status 200 instead of the file. */
  | { readonly kind: "html" }
  | { readonly kind: "redirect"; readonly location: string };

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Called once per request. Null: respond without a fault. */
export type FaultHook = (request: ReceivedRequest) => Fault | null;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for HEAD and 304. */
  readonly body: Uint8Array | null;
}

export function page(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = Buffer.from(`<!DOCTYPE html><html lang="es"><title>${status}</title><p>${sentence}</p></html>\n`);
  return {
    status,
    headers: { ...headers, "Content-Type": "text/html; charset=utf-8", "Content-Length": String(body.length) },
    body,
  };
}

/** Sends a response, changed by the fault if there is one. Ends early when `closing` is aborted. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  { fault, closing }: { fault: Fault | null; closing: AbortSignal },
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return write(response, answer);
    case "slow":
      await sleep(fault.delayMs, undefined, { signal: closing });
      return write(response, answer);
    case "status":
      return write(response, page(fault.status, "El servicio no está disponible."));
    case "html":
      return write(response, page(200, "Sitio en mantenimiento."));
    case "redirect":
      return write(response, page(302, "El documento se ha movido.", { Location: fault.location }));
    case "truncated":
      return truncate(response, answer, fault);
  }
}

function write(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body ?? undefined);
}

function truncate(response: ServerResponse, answer: Answer, fault: Extract<Fault, { kind: "truncated" }>): void {
  const body = (answer.body ?? new Uint8Array()).subarray(0, fault.bytes);
  if (fault.announced === "sent") {
    write(response, { ...answer, headers: { ...answer.headers, "Content-Length": String(body.length) }, body });
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.write(body, () => response.destroy());
}
