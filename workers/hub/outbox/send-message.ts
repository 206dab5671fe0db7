/** Sends one message to its subscriber: a signed POST without redirects, with a time limit. */
import type { Message } from "../../../shared/db/outbox.ts";
import type { Subscription } from "../../../shared/db/subscriptions.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import { printable } from "../../../shared/lib/printable.ts";
import { addressExpected, webhookAddress } from "../../../shared/webhooks/address.ts";
import { signedHeaders } from "../../../shared/webhooks/sign.ts";
import { readBounded } from "../fetch/read-bounded.ts";
import { userAgentFor } from "../user-agent.ts";
import type { Variables } from "../variables.ts";

export interface SendEffects {
  readonly variables: Pick<Variables, "allowLoopback">;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** What a subscriber answered. */
export interface SendOutcome {
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** Why the try failed; null after a success. */
  readonly reason: string | null;
}

/** The standard recommends 15 to 30 seconds. Receivers that need longer should answer first and work afterwards. */
const tryMs = 10_000;
/** The longest answer to a failed try that is read, and the characters of it that are stored. */
const [answerBytesMax, excerptMax] = [2_000, 200];
const userAgent = userAgentFor("webhooks");

/** Sends a message once. Never throws: every failure is an outcome. */
export async function sendMessage(
  fx: SendEffects,
  { id, body }: Pick<Message, "id" | "body">,
  { url, secret }: Pick<Subscription, "url" | "secret">,
  { at, limitMs = tryMs }: { readonly at: Date; readonly limitMs?: number },
): Promise<SendOutcome> {
  const { allowLoopback } = fx.variables;
  if (!allowLoopback.ok) return { status: null, reason: allowLoopback.error };
  // The rules may have changed since the subscription was created.
  const address = webhookAddress(url, { allowLoopback: allowLoopback.value });
  if (!address.ok) return { status: null, reason: `${address.error} Expected ${addressExpected}.` };
  const headers = {
    ...signedHeaders({ id, body }, { secret, at }),
    "Content-Type": "application/json",
    "User-Agent": userAgent,
  };
  const signal = AbortSignal.timeout(limitMs);
  try {
    const response = await fx.fetch(address.value, { method: "POST", headers, body, redirect: "manual", signal });
    return await outcomeOf(response, signal);
  } catch (error) {
    const reason = signal.aborted ? `No answer within ${limitMs / 1000} seconds.` : reasonOf(error);
    return { status: null, reason };
  }
}

async function outcomeOf(response: Response, signal: AbortSignal): Promise<SendOutcome> {
  const { status, ok } = response;
  if (ok) {
    await response.body?.cancel().catch(() => undefined);
    return { status, reason: null };
  }
  const text = await readExcerpt(response, signal);
  const redirect = status >= 300 && status < 400 ? " Redirects are not followed." : "";
  return { status, reason: `Answered ${status}, expected 200 to 299.${redirect}${text === "" ? "" : ` ${text}`}` };
}

/** Returns the beginning of a short answer, in which services explain an error; empty for a long or slow one. */
async function readExcerpt(response: Response, signal: AbortSignal): Promise<string> {
  const bytes = await readBounded(response, answerBytesMax, signal).catch(() => null);
  if (bytes === null) return "";
  const text = new TextDecoder().decode(bytes);
  return printable(text.replaceAll(/\s+/g, " ").trim()).slice(0, excerptMax);
}
