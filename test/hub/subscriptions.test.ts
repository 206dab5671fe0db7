/** `/subscriptions`: who may receive reports, and what people see of it. */
import { beforeEach, describe, expect, test } from "vitest";
import { apiClient } from "../../shared/api/client.ts";
import { subscriptionsMax } from "../../shared/api/subscriptions.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { hubInNode, hubToken } from "../support/hub-in-node.ts";
import type { Answer } from "../support/predict-in-node.ts";

let ask: Answer;
beforeEach(async () => {
  ask = await hubInNode();
});

const base = "http://hub.test";
const clientOf = () =>
  apiClient({
    url: base,
    token: hubToken,
    actor: "Ana",
    send: async (url, init) => ask(url.slice(base.length), init),
  });
const url = "https://example.com/hook";
const [forecast] = forecasts;

test("the secret is in the answer that creates a subscription, and in no other", async () => {
  const client = clientOf();
  const created = await client.createSubscription({ body: { url: `${url}#part`, forecasts: [forecast?.id ?? ""] } });
  if (!created.ok) throw new Error(JSON.stringify(created.error));
  const { secret, ...shown } = created.value;
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(shown).toMatchObject({ url, forecasts: [forecast?.id], who: "Ana", disabledAt: null });
  const listed = await client.listSubscriptions();
  expect(listed).toEqual({
    ok: true,
    value: { subscriptions: [{ ...shown, deliveries: { waiting: 0, sent: 0, failed: 0, lastSentAt: null } }] },
  });
  const raw = await ask("/subscriptions", { headers: { Authorization: `Bearer ${hubToken}` } });
  expect(await raw.text()).not.toContain("whsec");
  expect(await client.listDeliveries({ id: shown.id })).toEqual({
    ok: true,
    value: { subscription: shown.id, deliveries: [], next: null },
  });
});

test("a deleted subscription is not listed, and its address can be subscribed again with another id", async () => {
  const client = clientOf();
  const created = await client.createSubscription({ body: { url } });
  if (!created.ok) throw new Error("not created");
  const { id } = created.value;
  expect(await client.deleteSubscription({ id })).toEqual({ ok: true, value: { id, url } });
  expect(await client.listSubscriptions()).toEqual({ ok: true, value: { subscriptions: [] } });
  expect(await client.deleteSubscription({ id })).toMatchObject({ ok: false });
  const again = await client.createSubscription({ body: { url } });
  expect(again.ok && again.value.id).not.toBe(id);
});

const post = (body: unknown, headers: Record<string, string> = { Authorization: `Bearer ${hubToken}` }) =>
  ask("/subscriptions", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

describe("a subscription is refused", () => {
  test("without the token; so are its lists and its deletion", async () => {
    const requests: [string, string][] = [
      ["POST", "/subscriptions"],
      ["GET", "/subscriptions"],
      ["DELETE", "/subscriptions/x"],
      ["GET", "/subscriptions/x/deliveries"],
    ];
    for (const [method, path] of requests) expect((await ask(path, { method })).status, path).toBe(401);
  });

  test.each([
    "http://example.com/",
    "https://10.0.0.1/",
    "https://2130706433/",
    "https://[::ffff:7f00:1]/",
    "https://localhost/",
    "https://user:secret@example.com/",
    "not a url",
  ])("for the address %s", async (address) => {
    const answer = await post({ url: address });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      field: "url",
      found: address,
      expected: "an https address with a public host and without credentials",
    });
  });

  test("for an unknown forecast, an empty list and an unknown member", async () => {
    const answer = await post({ url, forecasts: [`${forecast?.id}x`] });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ field: "forecasts", didYouMean: forecast?.id });
    expect((await post({ url, forecasts: [] })).status).toBe(422);
    expect((await post({ url, secret: "whsec_mine" })).status).toBe(422);
  });

  test("for an address that has one", async () => {
    expect((await post({ url })).status).toBe(201);
    const second = await post({ url: "https://EXAMPLE.com:443/hook" });
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ detail: expect.stringContaining("has this address") });
  });

  test("when there are a hundred", async () => {
    for (let at = 0; at < subscriptionsMax; at++) expect((await post({ url: `${url}/${at}` })).status).toBe(201);
    const answer = await post({ url });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ expected: "at most 100 subscriptions" });
  });
});
