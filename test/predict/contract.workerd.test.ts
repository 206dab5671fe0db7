/** Compares the answers of predict with the OpenAPI document: paths, statuses, content types and bodies. */
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { bodyBytesMax } from "../../shared/api/predict-limits.ts";
import { predictRoutes } from "../../shared/api/predict-routes.ts";
import { type Ask, json, query, serve, worker } from "../support/predict-worker.ts";
import { forecast, instanceOf } from "../support/served.ts";

beforeEach(serve);

const descriptionShape = z.object({
  content: z.record(z.string(), z.object({ schema: z.instanceof(z.ZodType) })).optional(),
});

/** Returns the path of the document that matches an address. */
function pathOf(address: string): string {
  const [path = ""] = address.split("?");
  const found = predictRoutes.find((route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path));
  if (!found) throw new Error(`${path} is not described`);
  return found.path;
}

/** Sends a request, parses the answer with its schema, and returns the status. */
async function expectDescribed(ask: Ask, address: string, init: RequestInit = {}): Promise<number> {
  const method = (init.method ?? "GET").toLowerCase();
  const route = predictRoutes.find((one) => one.path === pathOf(address) && one.method === method);
  const answer = await ask(address, init);
  const about = `${method} ${address}: ${answer.status}`;
  const described = descriptionShape.parse(route?.responses[answer.status], {
    error: () => `${about} is not described`,
  });
  const contentType = answer.headers.get("Content-Type")?.split(";")[0] ?? "";
  const schema = described.content?.[contentType]?.schema;
  const text = await answer.text();
  if (described.content === undefined) expect(text, about).toBe("");
  else if (!schema) throw new Error(`${about}: ${contentType} is not described`);
  else if (!(schema instanceof z.ZodUnknown)) expect(strict(schema, JSON.parse(text)), about).toBeNull();
  return answer.status;
}

/** Returns null if the value matches the schema and has no members that the schema does not name. */
function strict(schema: z.ZodType, value: unknown): string | null {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return z.prettifyError(parsed.error);
  return JSON.stringify(sorted(parsed.data)) === JSON.stringify(sorted(value)) ? null : "members are not described";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)]));
}

const model = `/v2/models/${forecast.id}`;

async function features(ask: Ask): Promise<Record<string, number | string | null>> {
  return (
    await (await ask(`/predict${query}&features=true`)).json<{ features: Record<string, number | string | null> }>()
  ).features;
}

test("the document describes every route of predict with the same methods, and no other route", async () => {
  const refusal = await (await worker()("/nowhere")).json<{ allowed: string[] }>();
  const listed = refusal.allowed.flatMap((line) => {
    const [, methods = "", path = ""] = /^(.+) (\S+)$/.exec(line) ?? [];
    const braced = path.replaceAll(/:(\w+)/g, "{$1}");
    const paths = braced.endsWith("?") ? [braced.slice(0, -1), braced.slice(0, braced.lastIndexOf("/"))] : [braced];
    return methods.split(", ").flatMap((method) => paths.map((one) => `${method} ${one}`));
  });
  const described = predictRoutes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  // The hub answers /health itself, and describes it.
  expect(described.sort()).toEqual(listed.filter((one) => one !== "GET /health").sort());
});

test("answers of /predict match the document: one instance, many, all, explained and partial", async () => {
  const ask = worker();
  const instances = [instanceOf(0), instanceOf(1), { Estado: "nowhere" }];
  expect(await expectDescribed(ask, `/predict${query}`)).toBe(200);
  expect(await expectDescribed(ask, `/predict/${forecast.id}${query}&explain=true&features=true`)).toBe(200);
  expect(await expectDescribed(ask, "/predict", json(instanceOf(0)))).toBe(200);
  expect(await expectDescribed(ask, "/predict?partial=true&explain=true", json({ instances }))).toBe(200);
  expect(await expectDescribed(ask, `/predict/${forecast.id}`, json({ all: true }))).toBe(200);
  const tag = (await ask(`/predict${query}`)).headers.get("ETag") ?? "";
  expect(await expectDescribed(ask, `/predict${query}`, { headers: { "If-None-Match": tag } })).toBe(304);
});

test("answers of MLflow's protocol match the document", async () => {
  const ask = worker();
  const row = await features(ask);
  const csv = `${Object.keys(row).join(",")}\n${Object.values(row).join(",")}\n`;
  const asCsv = { method: "POST", body: csv, headers: { "Content-Type": "text/csv" } };
  expect(await expectDescribed(ask, "/invocations", json({ dataframe_records: [row] }))).toBe(200);
  expect(await expectDescribed(ask, `/invocations/${forecast.id}`, asCsv)).toBe(200);
  for (const path of ["/ping", "/version"]) expect(await expectDescribed(ask, path)).toBe(200);
});

test("answers of the Open Inference Protocol match the document", async () => {
  const ask = worker();
  const inputs = Object.entries(await features(ask)).map(([name, value]) => ({
    name,
    shape: [1, 1],
    datatype: typeof value === "string" ? "BYTES" : "FP32",
    data: [value],
  }));
  const server = ["/v2", "/v2/health/live", "/v2/health/ready"];
  for (const path of [...server, model, `${model}/ready`, `${model}/versions/v1.0`, `${model}/versions/v1.0/ready`]) {
    expect(await expectDescribed(ask, path)).toBe(200);
  }
  for (const path of [`${model}/infer`, `${model}/versions/v1.0/infer`]) {
    expect(await expectDescribed(ask, path, json({ id: "one", inputs }))).toBe(200);
  }
});

test("refusals of every protocol match the document", async () => {
  const ask = worker();
  const posted = ["/predict", "/invocations", `${model}/infer`];
  const large = json("x".repeat(bodyBytesMax));
  const unknown = ["/predict/nowhere", "/invocations/nowhere", "/v2/models/nowhere/infer"];
  const received: number[] = [];
  for (const path of posted) {
    received.push(await expectDescribed(ask, path, { ...json({}), body: "{" }));
    received.push(await expectDescribed(ask, path, { method: "POST", body: "a" }));
    received.push(await expectDescribed(ask, path, large));
  }
  expect(received).toEqual([400, 415, 413, 400, 415, 413, 400, 415, 413]);
  for (const path of unknown) expect(await expectDescribed(ask, path, json({ inputs: [] }))).toBe(404);
  for (const path of [`${model}/versions/v9`, "/v2/models/nowhere/ready", "/predict/nowhere"]) {
    expect(await expectDescribed(ask, path)).toBe(404);
  }
  expect(await expectDescribed(ask, "/predict?Estado=nowhere")).toBe(422);
});

test("refusals of a missing token, an exceeded rate and a service without data match the document", async () => {
  const addresses: readonly [string, RequestInit?][] = [
    ["/predict"],
    ["/predict", json({})],
    ["/invocations", json({ instances: [] })],
    [model],
    [`${model}/infer`, json({ inputs: [] })],
  ];
  const down = async () => {
    throw new Error("KV is down");
  };
  const closed = worker({ token: "secret" });
  const limited = worker({ rateLimit: { limit: async () => ({ success: false }) } });
  const empty = worker({ snapshots: { get: down } as unknown as KVNamespace });
  for (const [path, init] of addresses) {
    expect(await expectDescribed(closed, path, init)).toBe(401);
    expect(await expectDescribed(limited, path, init)).toBe(429);
    expect(await expectDescribed(empty, path, init)).toBe(503);
  }
  for (const path of ["/ping", "/v2/health/ready"]) expect(await expectDescribed(empty, path)).toBe(503);
});
