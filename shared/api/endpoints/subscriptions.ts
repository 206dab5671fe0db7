/** `/subscriptions`: addresses that receive a message for each new report. */
import type { Endpoint } from "../endpoint.ts";
import {
  createdSubscriptionShape,
  deliveriesPageShape,
  deliveriesQueryShape,
  removedSubscriptionShape,
  subscribeShape,
  subscriptionListShape,
} from "../subscriptions.ts";

export const subscriptionEndpoints = {
  listSubscriptions: { method: "GET", path: "/subscriptions", token: "hub", answer: subscriptionListShape },
  createSubscription: {
    method: "POST",
    path: "/subscriptions",
    token: "hub",
    body: subscribeShape,
    answer: createdSubscriptionShape,
  },
  deleteSubscription: {
    method: "DELETE",
    path: "/subscriptions/{id}",
    token: "hub",
    answer: removedSubscriptionShape,
  },
  listDeliveries: {
    method: "GET",
    path: "/subscriptions/{id}/deliveries",
    token: "hub",
    query: deliveriesQueryShape,
    answer: deliveriesPageShape,
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
