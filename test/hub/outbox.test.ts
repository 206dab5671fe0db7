/** Delivery of messages over a real connection, with a database in memory and a clock that the tests set. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../shared/db/database.ts";
import { endTry, listDue, listMessages, queueReport, takeMessage } from "../../shared/db/outbox.ts";
import * as schema from "../../shared/db/schema.ts";
import { deleteSubscription, findSubscription, saveSubscription } from "../../shared/db/subscriptions.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
import { success } from "../../shared/lib/result.ts";
import type { PublishedReport } from "../../shared/webhooks/message.ts";
import { triesMax } from "../../shared/webhooks/retries.ts";
import { webhookSecret } from "../../shared/webhooks/sign.ts";
import { deliverDue } from "../../workers/hub/outbox/deliver.ts";
import { purgeDeliveries } from "../../workers/hub/outbox/purge.ts";
import { sendMessage } from "../../workers/hub/outbox/send-message.ts";
import { D1InNode } from "../support/d1-in-node.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers of the receiver by path, and what it received. */
let answers: Record<
  string,
  { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
>;
let received: Received[];
let receiver: Server;
let base: string;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
      const { status, headers = {}, text = "" } = answers[path] ?? { status: 204 };
      if (status > 0) response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const started = new Date("2026-11-20T18:00:00.000Z");
const secret = webhookSecret(new Uint8Array(32).fill(5));
const report: PublishedReport = {
  forecast: "prices",
  title: "Prices",
  origin: "2026-11-20",
  revision: 1,
  publishedAt: started.toISOString(),
  version: "v1",
  summary: ["Prices rise."],
};

let db: Database;
let now: Date;
beforeEach(() => {
  // Drizzle reads only these members of a D1 database.
  db = drizzle(new D1InNode() as unknown as Parameters<typeof drizzle>[0], { schema });
  now = started;
  answers = {};
  received = [];
});

const variables = { allowLoopback: success(true) };
const send = (url: string, init: RequestInit) => fetch(url, init);
const deliver = (fetching: typeof send = send) => deliverDue({ db, now: () => now, fetch: fetching, variables });
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};
const queue = (of: Partial<PublishedReport> = {}) => queueReport(db, { ...report, ...of }, now.toISOString());
const subscribe = (id: string, forecasts: string[] | null = null) => {
  const createdAt = now.toISOString();
  return saveSubscription(
    db,
    { id, url: `${base}/${id}`, secret, forecasts, base: "https://a.example", who: "t", createdAt },
    100,
  );
};
const messages = (id: string) => listMessages(db, id, { state: undefined, after: null, limit: 100 });
const paths = () => received.map(({ path }) => path);

test("a message is a signed JSON POST that the standard's library verifies", async () => {
  now = new Date();
  await subscribe("one");
  expect(await queue()).toBe(1);
  expect(await deliver()).toBe(1);
  const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: "" }] = received;
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

/** Publishes a revision of the report, and queues its messages. */
async function publish(revision: number) {
  const at = now.toISOString();
  await db.run(sql`INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, published_at)
    VALUES ('prices', '2026-11-20', 'champion', ${revision}, ${revision}, 1, 'publication', 'published', ${at}, ${at})`);
  return queue({ revision });
}

test("only the first published revision of an origin is sent, also to a subscriber that was created later", async () => {
  await subscribe("early");
  expect(await publish(1)).toBe(1);
  await subscribe("late");
  expect(await publish(2)).toBe(0);
  expect(await queue({ origin: "2026-11-23" })).toBe(2);
});

test("a revision is sent if the earlier ones were never published", async () => {
  await subscribe("one");
  await db.run(sql`INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at)
    VALUES ('prices', '2026-11-20', 'champion', 1, 1, 1, 'publication', 'overtaken', ${now.toISOString()})`);
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
  expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ data: { forecast: personal, summary: [] } });
});

test("two deliveries at once send each message once", async () => {
  for (let at = 0; at < 12; at++) await subscribe(`s${at}`);
  await queue();
  const sent = await Promise.all([deliver(), deliver(), deliver()]);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(12);
  expect(paths().sort()).toEqual(Array.from({ length: 12 }, (_, at) => `/s${at}`).sort());
});

describe("a process that ends", () => {
  test("after the row and before the try: the next run sends the message", async () => {
    await subscribe("one");
    await queue();
    later(600);
    expect(await deliver()).toBe(1);
  });

  test("during a try: no run sends the message until the try counts as lost, then it is sent under the same id", async () => {
    await subscribe("one");
    await queue();
    const [message] = await listDue(db, now.toISOString(), 10);
    if (!message) throw new Error("no message is due");
    const lostAt = new Date(now.getTime() + 120_000).toISOString();
    expect(await takeMessage(db, message, { now: now.toISOString(), lostAt })).toBe(true);
    later(1);
    expect(await deliver()).toBe(0);
    later(1);
    expect(await deliver()).toBe(1);
    expect(await messages("one")).toMatchObject([{ state: "sent", tries: 2 }]);
  });

  test("in every try: the message fails after the last one instead of being sent for ever", async () => {
    await subscribe("one");
    await queue();
    const crash = () => deliver(() => Promise.reject(new Error("not reached")));
    for (let tries = 1; tries <= triesMax; tries++) {
      const [message] = await listDue(db, now.toISOString(), 10);
      if (!message) throw new Error("no message is due");
      later(2);
      await takeMessage(db, message, { now: now.toISOString(), lostAt: now.toISOString() });
    }
    await crash();
    expect(await messages("one")).toMatchObject([
      { state: "failed", reason: "The last try ended without an outcome.", dueAt: null },
    ]);
  });

  test("a slow try that ends after it was repeated does not change the outcome of the repetition", async () => {
    await subscribe("one");
    await queue();
    const [message] = await listDue(db, now.toISOString(), 10);
    if (!message) throw new Error("no message is due");
    await takeMessage(db, message, { now: now.toISOString(), lostAt: now.toISOString() });
    await deliver();
    const late = { state: "waiting", status: 500, reason: "late", dueAt: now.toISOString() } as const;
    await endTry(db, { id: message.id, tries: 1 }, late, now.toISOString());
    expect(await messages("one")).toMatchObject([{ state: "sent", tries: 2 }]);
  });
});

describe("a receiver that fails", () => {
  test("for an hour receives the message when it is back, once", async () => {
    await subscribe("one");
    await queue();
    answers["/one"] = { status: 503, text: "maintenance\u001b[31m until 19:00" };
    for (let minutes = 0; minutes < 60; minutes += 15) {
      await deliver();
      later(15);
    }
    expect(await messages("one")).toMatchObject([
      { state: "waiting", status: 503, reason: "Answered 503, expected 200 to 299. maintenance\ufffd[31m until 19:00" },
    ]);
    answers = {};
    for (let hour = 0; hour < 48; hour++) {
      await deliver();
      later(60);
    }
    const [last] = await messages("one");
    expect(last).toMatchObject({ state: "sent", status: 204, reason: null });
    expect(last?.endedAt && Date.parse(last.endedAt) - started.getTime()).toBeLessThanOrEqual(3 * 3_600_000);
    expect(received.filter(({ headers }) => headers["webhook-id"] === last?.id)).toHaveLength(last?.tries ?? 0);
  });

  test("for days receives eight tries within about a day; then the message is listed as failed", async () => {
    await subscribe("one");
    await queue();
    answers["/one"] = { status: 500 };
    for (let quarters = 0; quarters < 4 * 72; quarters++) {
      await deliver();
      later(15);
    }
    expect(received).toHaveLength(triesMax);
    const [last] = await messages("one");
    expect(last).toMatchObject({ state: "failed", tries: triesMax, status: 500, dueAt: null });
    expect(await listMessages(db, "one", { state: "failed", after: null, limit: 10 })).toHaveLength(1);
    expect(await findSubscription(db, "one")).toMatchObject({ disabledAt: null });
  });

  test("with a redirect is not followed", async () => {
    await subscribe("one");
    await queue();
    answers["/one"] = { status: 307, headers: { Location: `${base}/other` } };
    await deliver();
    expect(paths()).toEqual(["/one"]);
    expect(await messages("one")).toMatchObject([
      { state: "waiting", status: 307, reason: "Answered 307, expected 200 to 299. Redirects are not followed." },
    ]);
  });

  test("with 410 ends its subscription: it is disabled, and its other messages end", async () => {
    await subscribe("one");
    await queue();
    answers["/one"] = { status: 503 };
    await deliver();
    await queue({ origin: "2026-11-23" });
    answers["/one"] = { status: 410 };
    await deliver();
    expect(await findSubscription(db, "one")).toMatchObject({ disabledReason: expect.stringContaining("410") });
    expect((await messages("one")).map(({ state }) => state)).toEqual(["failed", "failed"]);
    expect(await queue({ origin: "2026-11-25" })).toBe(0);
  });

  test("does not delay the messages of others", async () => {
    await subscribe("bad");
    await subscribe("good");
    await queue();
    answers["/bad"] = { status: 500 };
    expect(await deliver()).toBe(1);
    expect(await messages("good")).toMatchObject([{ state: "sent" }]);
  });

  test("without an answer within the time limit ends the try", async () => {
    answers["/silent"] = { status: 0 };
    const to = { url: `${base}/silent`, secret };
    const outcome = await sendMessage({ variables, fetch: send }, { id: "m", body: "{}" }, to, {
      at: now,
      limitMs: 30,
    });
    expect(outcome).toEqual({ status: null, reason: "No answer within 0.03 seconds." });
  });

  test("with a long answer: nothing of it is stored", async () => {
    await subscribe("one");
    await queue();
    answers["/one"] = { status: 500, text: "x".repeat(1_000_000) };
    await deliver();
    expect(await messages("one")).toMatchObject([{ reason: "Answered 500, expected 200 to 299." }]);
  });

  test("with a refused connection has the reason", async () => {
    await subscribe("one");
    await queue();
    await deliver(() => Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })));
    expect(await messages("one")).toMatchObject([{ state: "waiting", status: null, reason: "connect ECONNREFUSED" }]);
  });
});

test("a run starts no try after a minute, and the next run sends the rest", async () => {
  for (let at = 0; at < 30; at++) await subscribe(`s${at}`);
  await queue();
  let tries = 0;
  const slow = async () => {
    // Each try takes 10 seconds of the clock, which the tries of a run share.
    now = new Date(now.getTime() + 10_000);
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
  await deliverDue({ db, now: () => now, fetch: send, variables: { allowLoopback: success(false) } });
  expect(received).toEqual([]);
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
    return db.select(...columns);
  }) as Database["select"];
  const failing = new Proxy(db, {
    get: (of, name, self) => (name === "select" ? select : Reflect.get(of, name, self)),
  });
  await expect(deliverDue({ db: failing, now: () => now, fetch: send, variables })).rejects.toThrow(
    "the database is busy",
  );
  expect(received).toHaveLength(1);
  later(2);
  expect(await deliver()).toBe(1);
  expect(paths().sort()).toEqual(["/a", "/b"]);
});

test("a deleted subscription receives nothing more, and its messages are deleted", async () => {
  await subscribe("one");
  await queue();
  await deleteSubscription(db, "one");
  expect(await deliver()).toBe(0);
  expect(received).toEqual([]);
  expect(await messages("one")).toEqual([]);
});

test("messages are deleted 90 days after their end, and never while they wait", async () => {
  await subscribe("one");
  await queue();
  await deliver();
  await queue({ origin: "2026-11-23" });
  later(60 * 24 * 89);
  await purgeDeliveries({ db, now: () => now });
  expect(await messages("one")).toHaveLength(2);
  later(60 * 24 * 2);
  await purgeDeliveries({ db, now: () => now });
  expect(await messages("one")).toMatchObject([{ state: "waiting", report: "prices:2026-11-23" }]);
});
