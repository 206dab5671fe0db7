/** Personal feeds: what of a person is stored outside `raw/`, and who may read it. */
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { customersCsv } from "../../shared/feeds/customers-csv.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { customers as customersForecast } from "../../shared/forecasts/customers.ts";
import { readParquet } from "../../shared/lake/parquet.ts";
import { hubApp, serviceDocument } from "../../workers/hub/http/app.ts";
import { asAdmin, ended, hub, ingested, migrate, query } from "../support/hub.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const customers = [
  "customer_id,name,email,age,region,signup_date,last_purchase,loyalty_points",
  "1,Zoë Quimby,zoe@quimby.example,29,East,2021-05-14,2025-10-12,1200",
  "2,Quimby Senior,,old,Zoë Quimby,2020-11-22,zoe@quimby.example,890",
  '3,"Quimby, Ann",ann@quimby.example,,West',
  "Quimby,3,ann@quimby.example,30,West,2020-11-22,,890",
].join("\n");
const purchase = {
  transaction_id: "T001",
  customer_id: 1,
  amount: 320.5,
  currency: "USD",
  timestamp: "2025-10-12T14:32:00Z",
  payment_method: "PayPal",
  status: "Completed",
};
const transactions = [
  purchase,
  { ...purchase, transaction_id: "T002", amount: 12 },
  { ...purchase, transaction_id: "T003", customer_id: "zoe@quimby.example" },
  { ...purchase, transaction_id: "T004", status: "Quimby", note: "for Zoë Quimby" },
  { ...purchase, transaction_id: "T005", payment_method: "card of Zoë Quimby" },
];
const persons = /zo(e|ë)|quimby/i;
const logged: unknown[] = [];

function collectLogs(): void {
  for (const level of ["log", "info", "warn", "error", "debug"] as const)
    vi.spyOn(console, level).mockImplementation((...values) => {
      // The JSON of an error is empty.
      logged.push(values.map((value) => (value instanceof Error ? value.stack : value)));
    });
}

beforeEach(collectLogs);
beforeAll(async () => {
  collectLogs();
  await migrate();
  // Most values of these files are rejected, so they are held, and released by a person.
  for (const [feed, name, text] of [
    [customersCsv.id, "customers_2025-11-01.csv", customers],
    [transactionsJson.id, "transactions.json", JSON.stringify(transactions)],
  ] as const) {
    const flow = await ingested(name, utf8(text), feed);
    expect(flow.state, JSON.stringify(flow)).toBe("held");
    expect((await asAdmin(`/flows/${flow.id}/release`, { method: "POST" })).status).toBe(202);
    expect(await ended(flow.id)).toMatchObject({ state: "done", reason: null });
  }
}, 60_000);

test("names and e-mail addresses are in no table, in no file outside raw/, in no history and in no log", async () => {
  const tables = await query(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'd1_*' AND name NOT GLOB '_cf_*'",
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const { name } of tables as { name: string }[]) {
    const rows = JSON.stringify(await query(`SELECT * FROM "${name}"`));
    expect(rows, name).not.toMatch(persons);
  }
  const { keys } = await hub.snapshots.list();
  for (const { name } of keys) expect(await hub.snapshots.get(name), name).not.toMatch(persons);

  const { objects } = await hub.lake.list();
  const clean = objects.filter(({ key }) => !key.startsWith("raw/"));
  expect(clean.length).toBeGreaterThan(3);
  for (const { key } of clean) {
    const bytes = new Uint8Array((await (await hub.lake.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
    const feed = key.includes(customersCsv.id) ? customersCsv : transactionsJson;
    const text = key.endsWith(".parquet")
      ? JSON.stringify(await readParquet(feed, bytes))
      : new TextDecoder().decode(bytes);
    expect(text, key).not.toMatch(persons);
  }
  expect(JSON.stringify(logged)).not.toMatch(persons);
});

test("what is stored are attributes of ids, and the two purchases of one instant are two series", async () => {
  const facts = await query(
    "SELECT s.key, o.period, o.variable, o.value FROM observations o JOIN series s ON s.id = o.series_id WHERE variable IN ('age', 'amount') ORDER BY 1",
  );
  expect(facts).toEqual([
    { key: '["1","T001"]', period: "2025-10-12", variable: "amount", value: 320.5 },
    { key: '["1","T002"]', period: "2025-10-12", variable: "amount", value: 12 },
    { key: '["1","T005"]', period: "2025-10-12", variable: "amount", value: 320.5 },
    { key: '["1"]', period: "2025-11-01", variable: "age", value: 29 },
  ]);
});

test("a later file that retracts a purchase, or states it for another customer, is reported, and the newest file counts", async () => {
  const later = [
    { ...purchase, status: "Failed" },
    { ...purchase, transaction_id: "T002", amount: 12, customer_id: 2 },
    { ...purchase, transaction_id: "T005", status: "Pending" },
    ...Array.from({ length: 3 }, (_, at) => ({ ...purchase, transaction_id: `T1${at}` })),
  ];
  const flow = await ingested("later.json", utf8(JSON.stringify(later)), transactionsJson.id);
  expect(flow).toMatchObject({ state: "done", stats: { retracted: 6, problemsByReason: { "moved-series": 1 } } });
  const problems = await query(
    `SELECT reason, period, found FROM problems WHERE ingest_id = ${flow.stats?.ingest} ORDER BY reason, found`,
  );
  expect(problems).toEqual([
    {
      reason: "moved-series",
      period: "2025-10-12",
      found: "transaction_id T002 with another customer_id than the stored one",
    },
    {
      reason: "retracted-value",
      period: "2025-10-12",
      found: "no value of amount, 1, T001, for which ingest 2 has 320.5",
    },
    {
      reason: "retracted-value",
      period: "2025-10-12",
      found: "no value of amount, 1, T002, for which ingest 2 has 12",
    },
  ]);
  const keys = await query(
    "SELECT DISTINCT s.key FROM observations o JOIN series s ON s.id = o.series_id WHERE s.key LIKE '%T00%' ORDER BY 1",
  );
  expect(keys).toEqual(['["1","T005"]', '["2","T002"]'].map((key) => ({ key })));
});

const personalForecast = customersForecast.id;
const app = hubApp(hub);
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

test("flows of personal feeds show neither file nor reason without the admin token, whether or not they failed", async () => {
  const rejected = { ...purchase, transaction_id: "T777", amount: -98765.5 };
  const failed = await ingested("of-zoe-quimby.json", utf8(JSON.stringify([rejected])), transactionsJson.id);
  expect(failed).toMatchObject({ state: "failed" });
  for (const path of ["/flows", "/flows?kind=ingest&state=failed", `/flows/${failed.id}`]) {
    const answer = await app.request(path);
    expect(answer.status, path).toBe(200);
    const text = await answer.text();
    expect(text, path).toContain("This flow is about personal data.");
    expect(text, path).not.toMatch(/98765|quimby|customers_2025/i);
    expect((await app.request(path, { headers: bearer("wrong") })).status, path).toBe(401);
  }
  const complete = await app.request(`/flows/${failed.id}`, { headers: bearer("test-token") });
  expect(await complete.json()).toMatchObject({
    params: { key: expect.stringContaining("of-zoe-quimby.json") },
    reason: "negative-amount: expected an amount above 0; a refund is not a purchase",
  });
});

test("a caller without the token gets the same answer for what exists and for what does not", async () => {
  const pairs = [
    ["/feeds/customers-csv/lake/_SUCCESS", "/feeds/customers-csv/lake/none"],
    ["/reports/customers/latest.csv", "/reports/customers/2020-01-01.csv"],
    ["/forecasts/customers/record/periods/2025-10-12", "/forecasts/customers/record/periods/never"],
    ["/forecasts/customers/champion", "/forecasts/customers/predictions?cursor=%00"],
  ] as const;
  for (const [existing, missing] of pairs) {
    const [one, other] = await Promise.all([existing, missing].map((path) => app.request(path)));
    expect([one?.status, other?.status], existing).toEqual([401, 401]);
    expect(await one?.text(), existing).toBe(await other?.text());
  }
});

/** Every operation of the document, its path filled with names of personal data. */
const operations = Object.entries(serviceDocument().paths ?? {}).flatMap(([template, methods]) =>
  Object.keys(methods ?? {}).map((method) => ({
    method: method.toUpperCase(),
    isPersonal: /\{(feed|forecast)\}/.test(template),
    isForwarded: /^\/(predict|serving|invocations|ping|version|v2)/.test(template),
    path: template
      .replace("{feed}", customersCsv.id)
      .replace("{forecast}", personalForecast)
      .replaceAll(/\{\w+\}/g, "x"),
  })),
);
const personal = operations.filter(({ isPersonal, isForwarded }) => isPersonal && !isForwarded);

async function statuses(on: typeof app, headers: Record<string, string>): Promise<Map<string, number>> {
  const found = personal.map(async ({ method, path }) => {
    const { status } = await on.request(path, { method, headers });
    return [`${method} ${path}`, status] as const;
  });
  return new Map(await Promise.all(found));
}

test("every address of a personal feed or forecast refuses a caller without the token", async () => {
  expect(personal.length).toBeGreaterThanOrEqual(20);
  for (const headers of [{}, bearer("wrong"), bearer("")])
    expect(new Set((await statuses(app, headers)).values()), JSON.stringify(headers)).toEqual(new Set([401]));
  const encoded = await app.request(`/feeds/${customersCsv.id.replace("c", "%63")}`);
  expect(encoded.status).toBe(401);
  expect((await app.request(`/feeds/${customersCsv.id}`, { method: "HEAD" })).status).toBe(401);
});

test("while no token is set, every address of a personal feed or forecast is closed", async () => {
  const closed = hubApp({ ...hub, personalToken: undefined, adminToken: undefined });
  for (const headers of [{}, bearer("personal-token"), bearer("undefined")])
    expect(new Set((await statuses(closed, headers)).values())).toEqual(new Set([403]));
  const answer = await hubApp({ ...hub, personalToken: undefined }).request(`/feeds/${customersCsv.id}`);
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("PERSONAL_TOKEN is not set") });
});

test("the personal token and the admin token open the reads, and only the admin token opens writes", async () => {
  for (const token of ["personal-token", "test-token"]) {
    for (const path of ["", "/observations", "/problems", "/lake/_SUCCESS"]) {
      const answer = await app.request(`/feeds/${customersCsv.id}${path}`, { headers: bearer(token) });
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get("Cache-Control"), path).toBe("no-store");
    }
    const recorded = await app.request(`/forecasts/${personalForecast}/predictions`, { headers: bearer(token) });
    expect(recorded.status).toBe(200);
  }
  const found = await app.request(`/feeds/${customersCsv.id}/problems`, { headers: bearer("personal-token") });
  expect(JSON.stringify(await found.json())).toContain("a text of 10 characters");
  const write = { method: "PUT", body: utf8(customers), headers: bearer("personal-token") };
  expect((await app.request(`/feeds/${customersCsv.id}/files/customers.csv`, write)).status).toBe(401);
});

test("the other addresses stay open, and contain no id and no value of a customer", async () => {
  const others = operations.filter(
    ({ isPersonal, isForwarded, method }) => !isPersonal && !isForwarded && method === "GET",
  );
  expect(others.length).toBeGreaterThan(8);
  for (const { path } of others) {
    const answer = await app.request(path);
    // Some need the admin token or a query for other reasons.
    expect(answer.status, path).toBeLessThan(500);
    expect(await answer.text(), path).not.toMatch(/T00\d|320\.5|1200|quimby/i);
  }
  expect((await app.request("/feeds/gold-csv")).status).toBe(200);
  expect((await app.request("/feeds/gold-csv/observations")).status).toBe(200);
});

test("the hub forwards the admin token to predict as the personal token, and no other token", async () => {
  const sent: (string | null)[] = [];
  const forwarding = hubApp({
    ...hub,
    predict: {
      fetch: async (request: Request) => {
        sent.push(request.headers.get("Authorization"));
        return new Response();
      },
    } as typeof hub.predict,
  });
  for (const headers of [bearer("test-token"), bearer("other"), {}])
    await forwarding.request(`/predict/${personalForecast}`, { headers });
  expect(sent).toEqual(["Bearer personal-token", "Bearer other", null]);
});
