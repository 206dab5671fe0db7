import type { Refusal } from "../../../shared/api/problem.ts";
import {
  type CreatedSubscription,
  type SubscribeRequest,
  subscriptionsMax,
} from "../../../shared/api/subscriptions.ts";
import { findSubscriptionByUrl, saveSubscription } from "../../../shared/db/subscriptions.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { addressExpected, webhookAddress } from "../../../shared/webhooks/address.ts";
import { secretBytes, webhookSecret } from "../../../shared/webhooks/sign.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export type SubscribeEffects = Pick<Hub, "db" | "newId" | "randomBytes" | "variables" | "now">;

export interface Subscriber {
  readonly who: string;
  /** The address of this service, for links in messages. */
  readonly base: string;
}

/** Creates a subscription. Only this answer contains its secret. */
export async function subscribe(
  fx: SubscribeEffects,
  { url: text, forecasts }: SubscribeRequest,
  { who, base }: Subscriber,
): Promise<Result<CreatedSubscription, Refusal>> {
  const url = checkAddress(fx, text);
  if (!url.ok) return url;
  for (const id of forecasts ?? []) {
    const forecast = requireForecast(id);
    if (!forecast.ok) return failure({ ...forecast.error, kind: "unprocessable", field: "forecasts" });
  }
  const row = {
    id: fx.newId(),
    url: url.value,
    secret: webhookSecret(fx.randomBytes(secretBytes)),
    forecasts: forecasts ? [...new Set(forecasts)] : null,
    base,
    who,
    createdAt: fx.now().toISOString(),
  };
  if (!(await saveSubscription(fx.db, row, subscriptionsMax))) return failure(await refusalOf(fx, row.url));
  const { base: _, ...shown } = row;
  return success({ ...shown, disabledAt: null, disabledReason: null });
}

function checkAddress({ variables }: Pick<Hub, "variables">, text: string): Result<string, Refusal> {
  const { allowLoopback } = variables;
  if (!allowLoopback.ok) return failure({ kind: "unavailable", detail: allowLoopback.error });
  const url = webhookAddress(text, { allowLoopback: allowLoopback.value });
  if (url.ok) return url;
  return failure({
    kind: "unprocessable",
    detail: url.error,
    field: "url",
    found: text,
    expected: addressExpected,
  });
}

/** Returns why a subscription was not saved. */
async function refusalOf({ db }: Pick<Hub, "db">, url: string): Promise<Refusal> {
  const existing = await findSubscriptionByUrl(db, url);
  if (existing) {
    const detail = `Subscription ${existing.id} has this address. Delete it first: its secret is not shown again.`;
    return { kind: "conflict", detail, field: "url", found: url };
  }
  const detail = `There are ${subscriptionsMax} subscriptions. Delete one that is not needed.`;
  return { kind: "conflict", detail, expected: `at most ${subscriptionsMax} subscriptions` };
}
