/** Delivery of messages when a process ends or a receiver fails. */
import { describe, expect, test } from "vitest";
import { endTry, listDue, listMessages, takeMessage } from "../../shared/db/outbox.ts";
import { findSubscription } from "../../shared/db/subscriptions.ts";
import { triesMax } from "../../shared/webhooks/retries.ts";
import { sendMessage } from "../../workers/hub/outbox/send-message.ts";
import {
  deliver,
  later,
  messages,
  outbox,
  paths,
  queue,
  secret,
  send,
  started,
  subscribe,
  useOutbox,
  variables,
} from "../support/outbox.ts";

useOutbox();

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
    const [message] = await listDue(outbox.db, outbox.now.toISOString(), 10);
    if (!message) throw new Error("no message is due");
    const lostAt = new Date(outbox.now.getTime() + 120_000).toISOString();
    expect(await takeMessage(outbox.db, message, { now: outbox.now.toISOString(), lostAt })).toBe(true);
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
      const [message] = await listDue(outbox.db, outbox.now.toISOString(), 10);
      if (!message) throw new Error("no message is due");
      later(2);
      await takeMessage(outbox.db, message, { now: outbox.now.toISOString(), lostAt: outbox.now.toISOString() });
    }
    await crash();
    expect(await messages("one")).toMatchObject([
      { state: "failed", reason: "The last try ended without an outcome.", dueAt: null },
    ]);
  });

  test("a slow try that ends after it was repeated does not change the outcome of the repetition", async () => {
    await subscribe("one");
    await queue();
    const [message] = await listDue(outbox.db, outbox.now.toISOString(), 10);
    if (!message) throw new Error("no message is due");
    await takeMessage(outbox.db, message, { now: outbox.now.toISOString(), lostAt: outbox.now.toISOString() });
    await deliver();
    const late = { state: "waiting", status: 500, reason: "late", dueAt: outbox.now.toISOString() } as const;
    await endTry(outbox.db, { id: message.id, tries: 1 }, late, outbox.now.toISOString());
    expect(await messages("one")).toMatchObject([{ state: "sent", tries: 2 }]);
  });
});

describe("a receiver that fails", () => {
  test("for an hour receives the message when it is back, once", async () => {
    await subscribe("one");
    await queue();
    outbox.answers["/one"] = { status: 503, text: "maintenance\u001b[31m until 19:00" };
    for (let minutes = 0; minutes < 60; minutes += 15) {
      await deliver();
      later(15);
    }
    expect(await messages("one")).toMatchObject([
      { state: "waiting", status: 503, reason: "Answered 503, expected 200 to 299. maintenance\ufffd[31m until 19:00" },
    ]);
    outbox.answers = {};
    for (let hour = 0; hour < 48; hour++) {
      await deliver();
      later(60);
    }
    const [last] = await messages("one");
    expect(last).toMatchObject({ state: "sent", status: 204, reason: null });
    expect(last?.endedAt && Date.parse(last.endedAt) - started.getTime()).toBeLessThanOrEqual(3 * 3_600_000);
    expect(outbox.received.filter(({ headers }) => headers["webhook-id"] === last?.id)).toHaveLength(last?.tries ?? 0);
  });

  test("for days receives eight tries within about a day; then the message is listed as failed", async () => {
    await subscribe("one");
    await queue();
    outbox.answers["/one"] = { status: 500 };
    for (let quarters = 0; quarters < 4 * 72; quarters++) {
      await deliver();
      later(15);
    }
    expect(outbox.received).toHaveLength(triesMax);
    const [last] = await messages("one");
    expect(last).toMatchObject({ state: "failed", tries: triesMax, status: 500, dueAt: null });
    expect(await listMessages(outbox.db, "one", { state: "failed", after: null, limit: 10 })).toHaveLength(1);
    expect(await findSubscription(outbox.db, "one")).toMatchObject({ disabledAt: null });
  });

  test("with a redirect is not followed", async () => {
    await subscribe("one");
    await queue();
    outbox.answers["/one"] = { status: 307, headers: { Location: `${outbox.base}/other` } };
    await deliver();
    expect(paths()).toEqual(["/one"]);
    expect(await messages("one")).toMatchObject([
      { state: "waiting", status: 307, reason: "Answered 307, expected 200 to 299. Redirects are not followed." },
    ]);
  });

  test("with 410 ends its subscription: it is disabled, and its other messages end", async () => {
    await subscribe("one");
    await queue();
    outbox.answers["/one"] = { status: 503 };
    await deliver();
    await queue({ origin: "2026-11-23" });
    outbox.answers["/one"] = { status: 410 };
    await deliver();
    expect(await findSubscription(outbox.db, "one")).toMatchObject({ disabledReason: expect.stringContaining("410") });
    expect((await messages("one")).map(({ state }) => state)).toEqual(["failed", "failed"]);
    expect(await queue({ origin: "2026-11-25" })).toBe(0);
  });

  test("does not delay the messages of others", async () => {
    await subscribe("bad");
    await subscribe("good");
    await queue();
    outbox.answers["/bad"] = { status: 500 };
    expect(await deliver()).toBe(1);
    expect(await messages("good")).toMatchObject([{ state: "sent" }]);
  });

  test("without an answer within the time limit ends the try", async () => {
    outbox.answers["/silent"] = { status: 0 };
    const to = { url: `${outbox.base}/silent`, secret };
    const outcome = await sendMessage({ variables, fetch: send }, { id: "m", body: "{}" }, to, {
      at: outbox.now,
      limitMs: 30,
    });
    expect(outcome).toEqual({ status: null, reason: "No answer within 0.03 seconds." });
  });

  test("with a long answer: nothing of it is stored", async () => {
    await subscribe("one");
    await queue();
    outbox.answers["/one"] = { status: 500, text: "x".repeat(1_000_000) };
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
