import type { Refusal } from "../../shared/api/problem.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { nearest } from "../../shared/lib/text-distance.ts";
import type { Call } from "./app.ts";
import { type Current, retryMs, type Served } from "./snapshot-store.ts";

export type ServedCall =
  | ({ readonly ok: true } & Served)
  | { readonly ok: false; readonly refusal: Refusal; readonly headers: Readonly<Record<string, string>> };

/** The snapshot of the call's forecast, or the refusal that says why there is none. */
export function servedFor({ forecast, service, context }: Call): ServedCall | Promise<ServedCall> {
  const current = service.current(forecast, context);
  return current instanceof Promise ? current.then((one) => servedOf(forecast, one)) : servedOf(forecast, current);
}

function servedOf(forecast: string, current: Current | null): ServedCall {
  if (current === null) {
    const allowed = forecasts.map(({ id }) => id);
    const didYouMean = nearest(forecast, allowed);
    const detail = `There is no forecast ${forecast}.`;
    const refusal: Refusal = { kind: "not-found", detail, found: forecast, allowed, ...(didYouMean && { didYouMean }) };
    return { ok: false, refusal, headers: {} };
  }
  if (current.ok) return current;
  const [refusal, headers] = unavailable(forecast, current.reason, current.retrySeconds);
  return { ok: false, refusal, headers };
}

/** For probes: what the first forecast that can be answered is answered from, or why that of the path cannot be. */
export async function anyServed(call: Call): Promise<ServedCall> {
  const own = await servedFor(call);
  if (own.ok) return own;
  for (const { id } of forecasts) {
    const other = await servedFor({ ...call, forecast: id });
    if (other.ok) return other;
  }
  return own;
}

/** What cannot be answered now, and when to ask again. */
export function unavailable(
  forecast: string,
  reason: string,
  retrySeconds = retryMs / 1000,
): [Refusal, Record<string, string>] {
  const detail = `${forecast} cannot be answered now: ${reason}.`;
  return [{ kind: "unavailable", detail }, { "Retry-After": String(retrySeconds) }];
}
