/** Finds the snapshot of a call, or the refusal that states why there is none. */

import { bearerChallenge } from "../../shared/api/bearer-token.ts";
import type { Refusal } from "../../shared/api/problem.ts";
import { didYouMean } from "../../shared/lib/did-you-mean.ts";
import { failure, type Result } from "../../shared/lib/result.ts";
import { describeValue } from "../../shared/predict/describe-value.ts";
import type { Call } from "./call.ts";
import { refusePersonal } from "./personal.ts";
import { retryMs, type Served } from "./snapshot-store.ts";
import type { Unserved } from "./snapshots.ts";

export interface RefusedCall {
  readonly refusal: Refusal;
  readonly headers: Readonly<Record<string, string>>;
}

export type ServedCall = Result<Served, RefusedCall>;

/**
 * Returns the snapshot of the call's forecast, by default the first one. Synchronous if the snapshot is fresh. A forecast about
 * persons needs its token.
 */
export function servedFor(call: Call): ServedCall | Promise<ServedCall> {
  const found = lookUp(call);
  return found instanceof Promise ? found.then((awaited) => permitted(call, awaited)) : permitted(call, found);
}

/** Returns the snapshot of the call's forecast after reading KV again. */
export async function newestFor(call: Call): Promise<ServedCall> {
  const { forecast, service, context } = call;
  const found = await service.newest(forecast, context);
  return permitted(call, found.ok ? found : failure(refusedCall(found.error)));
}

function lookUp({ forecast, service, context }: Call): ServedCall | Promise<ServedCall> {
  return (
    service.fresh(forecast) ??
    service.find(forecast, context).then((found) => (found.ok ? found : failure(refusedCall(found.error))))
  );
}

function permitted({ request, service }: Call, found: ServedCall): ServedCall {
  if (!found.ok || found.value.snapshot.forecast.personal !== true) return found;
  const refusal = refusePersonal(request, service.personalToken);
  return refusal === null
    ? found
    : failure({ refusal, headers: refusal.kind === "unauthorized" ? bearerChallenge : {} });
}

/** Returns whether any forecast has a snapshot, for probes, which send no token. The snapshot itself must not be answered. */
export async function anyServed(call: Call): Promise<ServedCall> {
  const first = await lookUp(call);
  if (first.ok) return first;
  for (const forecast of await call.service.forecasts(call.context)) {
    const other = await lookUp({ ...call, forecast });
    if (other.ok) return other;
  }
  return first;
}

function refusedCall(unserved: Unserved): RefusedCall {
  if (unserved.kind === "unknown") {
    return { refusal: unknownForecast(unserved.forecast, unserved.forecasts), headers: {} };
  }
  const { forecast, reason, retrySeconds } = unserved;
  const [refusal, headers] = unavailable(forecast, reason, retrySeconds);
  return { refusal, headers };
}

function unknownForecast(forecast: string, allowed: readonly string[]): Refusal {
  const found = describeValue(forecast);
  const detail = `There is no forecast ${found}.`;
  return { kind: "not-found", detail, found, allowed, ...didYouMean(forecast, allowed) };
}

/** Returns the refusal of a request that cannot be answered now, with its headers. */
export function unavailable(
  forecast: string | null,
  reason: string,
  retrySeconds = retryMs / 1000,
): [Refusal, Record<string, string>] {
  const detail = `${forecast ?? "The first forecast"} cannot be answered now: ${reason}.`;
  return [{ kind: "unavailable", detail }, { "Retry-After": String(retrySeconds) }];
}
