/** Delivery of messages: what is sent, to which subscribers, and how often. */

import type { IncomingHttpHeaders } from "node:http";
import { sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import type { Database } from "../../shared/db/database.ts";
import { deleteSubscription } from "../../shared/db/subscriptions.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
import { success } from "../../shared/lib/result.ts";
import { deliverDue } from "../../workers/hub/outbox/deliver.ts";
import { purgeDeliveries } from "../../workers/hub/outbox/purge.ts";
import {
  deliver,
  later,
  messages,
  outbox,
  paths,
  publish,
  queue,
  secret,
  send,
  subscribe,
  useOutbox,
  variables,
} from "../support/outbox.ts";

useOutbox();

test("a message is a signed JSON POST that the standard's library verifies", async () => {
  outbox.now = new Date();
  await subscribe("one");
  expect(await queue()).toBe(1);
  expect(await deliver()).toBe(1);
  const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: "" }] = outbox.received;
  expect(headers["content-type"]).toBe("application/json");
  expect(headers["webhook-id"]).toBe("prices:2026-11-20:one");
  const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
  expect(verified).toMatchObject({ type: "report.published", data: { forecast: "prices", origin: "2026-11-20" } });
  expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
  expect(await messages("one")).toMatchObject([{ state: "sent", tries: 1, status: 204, reason: null, dueAt: null }]);
});

test("after a success a report is never sent again: not by another run, nor by another request to queue it", async () => {
  await subscribe("one");
  await queue();
  await deliver();
  later(60 * 48);
  expect(await queue()).toBe(0);
  expect(await deliver()).toBe(0);
  expect(paths()).toEqual(["/one"]);
});

test("only the first published revision of an origin is sent, also to a subscriber that was created later", async () => {
  await subscribe("early");
  expect(await publish(1)).toBe(1);
  await subscribe("late");
  expect(await publish(2)).toBe(0);
  expect(await queue({ origin: "2026-11-23" })).toBe(2);
});

test("a revision is sent if the earlier ones were never published", async () => {
  await subscribe("one");
  await outbox.db.run(sql`INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at)
    VALUES ('prices', '2026-11-20', 'champion', 1, 1, 1, 'publication', 'overtaken', ${outbox.now.toISOString()})`);
  expect(await publish(2)).toBe(1);
});

test("a subscriber receives the reports of its forecasts only", async () => {
  await subscribe("all");
  await subscribe("prices", ["prices", "rain"]);
  await subscribe("rain", ["rain"]);
  expect(await queue()).toBe(2);
  await deliver();
  expect(paths().sort()).toEqual(["/all", "/prices"]);
});

test("a message about personal data contains no finding", async () => {
  const [personal = ""] = personalNames;
  await subscribe("one");
  await queue({ forecast: personal });
  await deliver();
  expect(JSON.parse(outbox.received[0]?.body ?? "")).toMatchObject({ data: { forecast: personal, summary: [] } });
});

test("two deliveries at once send each message once", async () => {
  for (let at = 0; at < 12; at++) await subscribe(`s${at}`);
  await queue();
  const sent = await Promise.all([deliver(), deliver(), deliver()]);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(12);
  expect(paths().sort()).toEqual(Array.from({ length: 12 }, (_, at) => `/s${at}`).sort());
});

test("a run starts no try after a minute, and the next run sends the rest", async () => {
  for (let at = 0; at < 30; at++) await subscribe(`s${at}`);
  await queue();
  let tries = 0;
  const slow = async () => {
    // Each try takes 10 seconds of the clock, which the tries of a run share.
    outbox.now = new Date(outbox.now.getTime() + 10_000);
    tries++;
    throw new Error("no answer");
  };
  await deliver(slow);
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(15);
  expect(await deliver()).toBe(30 - tries);
});

test("an address of this machine receives nothing when the configuration no longer allows it", async () => {
  await subscribe("one");
  await queue();
  await deliverDue({ db: outbox.db, now: () => outbox.now, fetch: send, variables: { allowLoopback: success(false) } });
  expect(outbox.received).toEqual([]);
  expect(await messages("one")).toMatchObject([
    { state: "waiting", reason: expect.stringContaining("Expected an https") },
  ]);
});

test("a database that fails for one message does not stop the others, and the run reports it", async () => {
  await subscribe("a");
  await subscribe("b");
  await queue();
  let calls = 0;
  const select: Database["select"] = ((...columns: []) => {
    // The first select lists what is due; the second one reads a subscription.
    if (++calls === 2) throw new Error("the database is busy");
    return outbox.db.select(...columns);
  }) as Database["select"];
  const failing = new Proxy(outbox.db, {
    get: (of, name, self) => (name === "select" ? select : Reflect.get(of, name, self)),
  });
  await expect(deliverDue({ db: failing, now: () => outbox.now, fetch: send, variables })).rejects.toThrow(
    "the database is busy",
  );
  expect(outbox.received).toHaveLength(1);
  later(2);
  expect(await deliver()).toBe(1);
  expect(paths().sort()).toEqual(["/a", "/b"]);
});

test("a deleted subscription receives nothing more, and its messages are deleted", async () => {
  await subscribe("one");
  await queue();
  await deleteSubscription(outbox.db, "one");
  expect(await deliver()).toBe(0);
  expect(outbox.received).toEqual([]);
  expect(await messages("one")).toEqual([]);
});

test("messages are deleted 90 days after their end, and never while they wait", async () => {
  await subscribe("one");
  await queue();
  await deliver();
  await queue({ origin: "2026-11-23" });
  later(60 * 24 * 89);
  await purgeDeliveries({ db: outbox.db, now: () => outbox.now });
  expect(await messages("one")).toHaveLength(2);
  later(60 * 24 * 2);
  await purgeDeliveries({ db: outbox.db, now: () => outbox.now });
  expect(await messages("one")).toMatchObject([{ state: "waiting", report: "prices:2026-11-23" }]);
});
