/** Finds the snapshot of a call, or the refusal that states why there is none. */
import type { Refusal } from "../../shared/api/problem.ts";
import { didYouMean } from "../../shared/lib/did-you-mean.ts";
import { failure, type Result } from "../../shared/lib/result.ts";
import { describeValue } from "../../shared/predict/describe-value.ts";
import type { Call } from "./call.ts";
import { retryMs, type Served } from "./snapshot-store.ts";
import type { Unserved } from "./snapshots.ts";

export interface RefusedCall {
  readonly refusal: Refusal;
  readonly headers: Readonly<Record<string, string>>;
}

export type ServedCall = Result<Served, RefusedCall>;

/** Returns the snapshot of the call's forecast, by default the first one. Synchronous if the snapshot is fresh. */
export function servedFor({ forecast, service, context }: Call): ServedCall | Promise<ServedCall> {
  return (
    service.fresh(forecast) ??
    service.find(forecast, context).then((found) => (found.ok ? found : failure(refusedCall(found.error))))
  );
}

/** Returns the snapshot of the call's forecast after reading KV again. */
export async function newestFor({ forecast, service, context }: Call): Promise<ServedCall> {
  const found = await service.newest(forecast, context);
  return found.ok ? found : failure(refusedCall(found.error));
}

/** Returns the snapshot of the first forecast that has one, for probes that name no forecast. */
export async function anyServed(call: Call): Promise<ServedCall> {
  const first = await servedFor(call);
  if (first.ok) return first;
  for (const forecast of await call.service.forecasts(call.context)) {
    const other = await servedFor({ ...call, forecast });
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
