/**
 * Fetches one file from a publisher. Checks the host of every redirect, sends no credentials, limits the size, and
 * requires the content type of the feed.
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import { baseUrlVariableOf, type Feed, type PublicationRequest } from "../../../shared/feeds/feed.ts";
import { messageOf } from "../../../shared/lib/error-reason.ts";
import { isLoopback } from "../../../shared/lib/loopback.ts";
import { userAgentFor } from "../user-agent.ts";
import { readBounded } from "./read-bounded.ts";

export type Fetched =
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly etag: string | null }
  | { readonly kind: "unchanged" }
  | { readonly kind: "missing" }
  /** The publisher failed, or its answer is not a file of the feed. */
  | { readonly kind: "failed"; readonly reason: string };

export interface FetchEffects {
  fetch(url: string, init: RequestInit): Promise<Response>;
  sleep(ms: number): Promise<void>;
  /** Returns a number from a uniform distribution in [0, 1). */
  random(): number;
}

export interface FetchSettings {
  readonly baseUrl: string;
  /** True if the base URL may be this machine; only in local configuration. */
  readonly allowLoopback: boolean;
  /** ETag of the stored copy; null if there is none. */
  readonly etag: string | null;
  readonly limits?: FetchLimits;
}

export interface FetchLimits {
  readonly tryMs: number;
  readonly totalMs: number;
}

const triesMax = 4;
const firstDelayMs = 1_000;
/** Of one try and of all together: below the time limit of a flow's step, so that the step ends with the reason. */
export const usualLimits: FetchLimits = { tryMs: 30_000, totalMs: 90_000 };
const redirectsMax = 3;
const userAgent = userAgentFor("forecasting service; conditional requests, at most once a day");

/**
 * Fetches with up to four tries and full-jitter exponential backoff, within the time limits. Never throws: expected outcomes
 * are values.
 */
export async function fetchPublication(
  feed: Feed,
  request: PublicationRequest,
  settings: FetchSettings,
  fx: FetchEffects,
): Promise<Fetched> {
  const url = URL.parse(settings.baseUrl.replace(/\/$/, "") + request.path);
  if (!url)
    return { kind: "failed", reason: `${baseUrlVariableOf(feed)} is not a URL: ${settings.baseUrl || "(empty)"}` };
  const { tryMs, totalMs } = settings.limits ?? usualLimits;
  const total = AbortSignal.timeout(totalMs);
  let reason = "";
  let tries = 0;
  while (tries < triesMax && !total.aborted) {
    if (tries > 0) await fx.sleep(fx.random() * firstDelayMs * 2 ** tries);
    tries++;
    const signal = AbortSignal.any([total, AbortSignal.timeout(tryMs)]);
    const outcome = await fetchOnce(feed, url, { ...settings, signal }, fx).catch(
      (error: unknown): TryAgain => ({ kind: "again", reason: messageOf(error) }),
    );
    if (outcome.kind !== "again") return outcome;
    reason = outcome.reason;
  }
  return { kind: "failed", reason: `${url}: ${reason} (after ${tries} tries)` };
}

interface TryAgain {
  readonly kind: "again";
  readonly reason: string;
}

interface OneTry extends FetchSettings {
  /** Also limits the time in which the body is read. */
  readonly signal: AbortSignal;
}

async function fetchOnce(feed: Feed, start: URL, settings: OneTry, fx: FetchEffects): Promise<Fetched | TryAgain> {
  let url = start;
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    const refused = refusedUrl(feed, url, settings.allowLoopback);
    if (refused) return { kind: "failed", reason: refused };
    const headers = new Headers({ "User-Agent": userAgent, Accept: feed.file.contentTypes.join(", ") });
    if (settings.etag) headers.set("If-None-Match", settings.etag);
    const { signal } = settings;
    const response = await fx.fetch(url.href, { headers, redirect: "manual", signal });
    const location = response.headers.get("Location");
    if (response.status >= 300 && response.status < 400 && response.status !== 304 && location) {
      await response.body?.cancel();
      const next = URL.parse(location, url.href);
      if (!next) return { kind: "failed", reason: `${url}: redirects to ${location}, which is not a URL` };
      if (url.protocol === "https:" && next.protocol === "http:") {
        return { kind: "failed", reason: `${url}: redirects to ${next}, which is not encrypted` };
      }
      url = next;
      continue;
    }
    if (response.status === 304 && !settings.etag) {
      const found = `${url}: answered 304 (not modified) to a request without If-None-Match`;
      return { kind: "failed", reason: `${found}, expected 200 and the file` };
    }
    return readAnswer(feed, url, { response, signal });
  }
  return { kind: "failed", reason: `${start}: more than ${redirectsMax} redirects` };
}

/** Returns the reason why a URL may not be fetched, or null. */
function refusedUrl(feed: Feed, url: URL, allowLoopback: boolean): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") return `${url}: only http and https are fetched`;
  if (url.username || url.password) return `${url.host}: a URL with credentials is not fetched`;
  if (allowLoopback && isLoopback(url.hostname)) return null;
  const isDefaultPort = url.port === "";
  if (feed.source.hosts.includes(url.hostname) && isDefaultPort) return null;
  return `${url.host} is not a host of ${feed.id}; allowed: ${feed.source.hosts.join(", ")}`;
}

interface Received {
  readonly response: Response;
  readonly signal: AbortSignal;
}

async function readAnswer(feed: Feed, url: URL, { response, signal }: Received): Promise<Fetched | TryAgain> {
  const { status } = response;
  if (status !== 200) return readRefusal(feed, url, { response, signal });

  const contentType = (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (contentType !== "" && !feed.file.contentTypes.includes(contentType)) {
    await response.body?.cancel();
    return { kind: "failed", reason: `${url}: is ${contentType}, expected ${feed.file.contentTypes[0]}` };
  }
  const bytes = await readBounded(response, feed.limits.bytesMax, signal);
  if (!bytes) return { kind: "failed", reason: `${url}: is larger than ${feed.limits.bytesMax} bytes` };
  const declared = response.headers.get("Content-Length");
  if (declared !== null && response.headers.get("Content-Encoding") === null && Number(declared) !== bytes.length) {
    return { kind: "again", reason: `was cut off after ${bytes.length} of ${declared} bytes` };
  }
  const refusal = feed.source.refusal?.(bytes) ?? null;
  if (refusal !== null) return { kind: "failed", reason: `${url}: the publisher refused with "${refusal}"` };
  const start = bytesToHex(bytes.subarray(0, feed.file.magic.length / 2));
  if (start !== feed.file.magic) {
    return {
      kind: "failed",
      reason: `${url}: starts with ${start || "nothing"}, not with ${feed.file.magic} as a ${feed.file.extension} file does`,
    };
  }
  return { kind: "file", bytes, etag: response.headers.get("ETag") };
}

/** Long enough for a publisher's reason, which is a sentence. */
const refusalBytesMax = 20_000;

/**
 * Maps an answer without a file: unchanged (304), missing (404, 410), to be retried (408, 429, 5xx), or failed with the
 * publisher's reason.
 */
async function readRefusal(feed: Feed, url: URL, { response, signal }: Received): Promise<Fetched | TryAgain> {
  const { status } = response;
  const isRefused = status >= 400 && status < 500 && ![404, 408, 410, 429].includes(status);
  const bytes = isRefused && feed.source.refusal ? await readBounded(response, refusalBytesMax, signal) : null;
  if (!bytes) await response.body?.cancel();
  if (status === 304) return { kind: "unchanged" };
  if (status === 404 || status === 410) return { kind: "missing" };
  if (status >= 500 || status === 429 || status === 408) return { kind: "again", reason: `answered ${status}` };
  const refusal = bytes && feed.source.refusal?.(bytes);
  const why = refusal ? `, with the reason "${refusal}"` : "";
  return { kind: "failed", reason: `${url}: answered ${status}, expected 200${why}` };
}
