/** Requests and answers of `/subscriptions`. */
import { z } from "zod";
import { addressExpected, addressMax } from "../webhooks/address.ts";
import { deliveryStates } from "./delivery-states.ts";
import { timeField } from "./fields.ts";
import { limitField, nextField } from "./paging.ts";

/** The largest number of subscriptions of an installation. */
export const subscriptionsMax = 100;

export const subscribeShape = z
  .strictObject({
    url: z.string().min(1).max(addressMax).describe(`Receives the messages: ${addressExpected}`),
    forecasts: z
      .array(z.string())
      .min(1, "expected at least one forecast; leave the member out for all")
      .max(1_000)
      .optional()
      .describe("Forecasts of the catalogue whose reports are sent. By default all, also later ones"),
  })
  .meta({ examples: [{ url: "https://example.com/almanac", forecasts: ["milk-mx"] }] });
export type SubscribeRequest = z.infer<typeof subscribeShape>;

const subscriptionShape = z
  .object({
    id: z.string(),
    url: z.string(),
    forecasts: z.array(z.string()).nullable().describe("Null for every forecast"),
    who: z.string().describe("`X-Almanac-Actor` of the request that created it"),
    createdAt: timeField,
    disabledAt: timeField.nullable().describe("It receives no messages since then"),
    disabledReason: z.string().nullable(),
  })
  .meta({ id: "Subscription" });

export const createdSubscriptionShape = subscriptionShape
  .extend({ secret: z.string().describe("Verifies the signatures. It is shown only in this answer") })
  .meta({ id: "CreatedSubscription" });
export type CreatedSubscription = z.infer<typeof createdSubscriptionShape>;

export const removedSubscriptionShape = z
  .object({ id: z.string(), url: z.string() })
  .meta({ id: "RemovedSubscription" });
export type RemovedSubscription = z.infer<typeof removedSubscriptionShape>;

const count = z.int().min(0);
const listedSubscriptionShape = subscriptionShape
  .extend({
    deliveries: z
      .object({ waiting: count, sent: count, failed: count, lastSentAt: timeField.nullable() })
      .describe("Numbers of messages of the last 90 days"),
  })
  .meta({ id: "ListedSubscription" });

export const subscriptionListShape = z
  .object({ subscriptions: z.array(listedSubscriptionShape) })
  .meta({ id: "SubscriptionList" });
export type SubscriptionList = z.infer<typeof subscriptionListShape>;

export const deliveriesQueryShape = z.strictObject({
  state: z.enum(deliveryStates, `expected one of ${deliveryStates.join(", ")}`).optional(),
  cursor: z.string().optional().describe("`next` of the previous page"),
  limit: limitField(1_000, 100),
});

const deliveryShape = z
  .object({
    id: z.string().describe("`webhook-id` of the message"),
    report: z.string().describe("Forecast and origin"),
    state: z.enum(deliveryStates),
    tries: count,
    dueAt: timeField.nullable().describe("Time of the next try; null after the last one"),
    status: z.int().nullable().describe("HTTP status of the last answer; null without an answer"),
    reason: z.string().nullable().describe("Why the last try failed"),
    createdAt: timeField,
    triedAt: timeField.nullable(),
    endedAt: timeField.nullable(),
  })
  .meta({ id: "Delivery" });

export const deliveriesPageShape = z
  .object({ subscription: z.string(), deliveries: z.array(deliveryShape), next: nextField })
  .meta({ id: "DeliveriesPage" });
export type DeliveriesPage = z.infer<typeof deliveriesPageShape>;
