/** `/subscriptions`: addresses that receive a signed message for each new report. */
import { createRoute, z } from "@hono/zod-openapi";
import {
  createdSubscriptionShape,
  deliveriesPageShape,
  deliveriesQueryShape,
  removedSubscriptionShape,
  subscribeShape,
  subscriptionListShape,
} from "../../../shared/api/subscriptions.ts";
import type { DeliveryPlace } from "../../../shared/db/outbox.ts";
import { listDeliveries } from "../actions/list-deliveries.ts";
import { listSubscriptions } from "../actions/list-subscriptions.ts";
import { subscribe } from "../actions/subscribe.ts";
import { unsubscribe } from "../actions/unsubscribe.ts";
import { adminOnly, privateRead } from "./authorize.ts";
import { writeCursor } from "./cursor.ts";
import { placeOfCursor } from "./page.ts";
import { unwrap } from "./refuse.ts";
import { actorOf, apiRoutes, json, jsonBody, jsonRequest, refusals, secured } from "./route.ts";

export const subscriptionRoutes = apiRoutes();

const params = z.object({ id: z.string().describe("`id` of a subscription") });
const tags = ["Subscriptions"];
const { 400: _, 404: __, 422: ___, ...privateList } = refusals.privatePage;

const list = createRoute({
  method: "get",
  path: "/subscriptions",
  operationId: "listSubscriptions",
  tags,
  summary: "The subscriptions, oldest first",
  description: "This read needs the token, because addresses may contain secrets of their receivers.",
  security: secured,
  middleware: [privateRead] as const,
  responses: { 200: json(subscriptionListShape, "The subscriptions"), ...privateList },
});

subscriptionRoutes.openapi(list, async (context) => context.json(await listSubscriptions(context.var.hub), 200));

const create = createRoute({
  method: "post",
  path: "/subscriptions",
  operationId: "createSubscription",
  tags,
  summary: "Subscribe an address to new reports",
  description:
    "Each new report is sent once as a signed JSON POST (Standard Webhooks). Failed deliveries are tried again for about a day. The answer contains the secret for the signatures, which is not shown again. Links in the messages begin with the address of this request.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { body: jsonRequest(subscribeShape) },
  responses: { 201: json(createdSubscriptionShape, "Created, with its secret"), ...refusals.write },
});

subscriptionRoutes.openapi(create, async (context) => {
  const { who } = actorOf(context, undefined);
  const base = new URL(context.req.url).origin;
  const created = await subscribe(context.var.hub, context.req.valid("json"), { who, base });
  return context.json(unwrap(created), 201, { "Cache-Control": "no-store" });
});

const remove = createRoute({
  method: "delete",
  path: "/subscriptions/{id}",
  operationId: "deleteSubscription",
  tags,
  summary: "Delete a subscription and its messages",
  security: secured,
  middleware: [adminOnly] as const,
  request: { params },
  responses: { 200: json(removedSubscriptionShape, "Deleted"), ...refusals.write },
});

subscriptionRoutes.openapi(remove, async (context) =>
  context.json(unwrap(await unsubscribe(context.var.hub, context.req.valid("param").id)), 200),
);

const deliveries = createRoute({
  method: "get",
  path: "/subscriptions/{id}/deliveries",
  operationId: "listDeliveries",
  tags,
  summary: "The messages to a subscriber, newest first",
  description: "Of the last 90 days. `state=failed` lists those that are not tried again.",
  security: secured,
  middleware: [privateRead] as const,
  request: { params, query: deliveriesQueryShape },
  responses: { 200: json(deliveriesPageShape, "A page"), ...refusals.privatePage },
});

const deliveryPlace = z
  .tuple([z.string(), z.string()])
  .transform(([createdAt, id]): DeliveryPlace => ({ createdAt, id }));

subscriptionRoutes.openapi(deliveries, async (context) => {
  const { id } = context.req.valid("param");
  const { state, cursor, limit } = context.req.valid("query");
  const filter = { state, after: placeOfCursor(cursor, deliveryPlace), limit: limit + 1 };
  const rows = unwrap(await listDeliveries(context.var.hub, id, filter));
  const page = rows.slice(0, limit).map(({ subscriber: _, body: __, ...row }) => row);
  const last = page.at(-1);
  const next = rows.length > limit && last ? writeCursor([last.createdAt, last.id]) : null;
  return context.json({ subscription: id, deliveries: page, next }, 200);
});
