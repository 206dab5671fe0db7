/** Runs the hub in workerd for tests, with simulators of D1, R2, KV, queues and Workflows. */

import { type D1Migration, SELF } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { type HubEnv, hubOf } from "../../workers/hub/hub.ts";
import { historyWithoutNumber } from "./history-without-number.ts";

type TestEnv = HubEnv & { readonly TEST_MIGRATIONS: D1Migration[]; readonly TEST_SCHEMA: string };

export const testEnv = env as unknown as TestEnv;
export const hub = hubOf(testEnv);

/** Gives an empty D1 the schema of all migrations. */
export async function migrate(): Promise<void> {
  await testEnv.DB.prepare(testEnv.TEST_SCHEMA).run();
}

export function request(path: string, init: RequestInit = {}): Promise<Response> {
  return SELF.fetch(new Request(`http://hub.test${path}`, init));
}

const token = { Authorization: "Bearer test-token" };

export function asAdmin(path: string, init: RequestInit): Promise<Response> {
  return request(path, { ...init, headers: { ...token, ...init.headers } });
}

interface FlowAnswer {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly stats: Record<string, unknown> | null;
  readonly attempt: number;
  readonly steps: readonly {
    readonly name: string;
    readonly state: string;
    readonly tries: number;
    readonly interrupted: number;
    readonly error: string | null;
  }[];
}

export async function flowOf(id: string): Promise<FlowAnswer> {
  return (await request(`/flows/${id}`)).json();
}

/** Waits until a flow has ended, for at most 30 seconds. */
export async function ended(id: string): Promise<FlowAnswer> {
  for (let tries = 0; tries < 300; tries++) {
    const flow = await flowOf(id);
    if (["done", "held", "failed"].includes(flow.state)) return flow;
    await scheduler.wait(100);
  }
  throw new Error(`flow ${id} has not ended: ${JSON.stringify(await flowOf(id))}`);
}

/** Uploads a publication and waits for its flow. */
export async function ingested(name: string, bytes: Uint8Array, feed = "sniim-milk"): Promise<FlowAnswer> {
  const answer = await asAdmin(`/feeds/${feed}/files/${name}`, { method: "PUT", body: bytes });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const { flow } = await answer.json<{ flow: string }>();
  return ended(flow);
}

export async function query(sql: string): Promise<unknown[]> {
  return (await testEnv.DB.prepare(sql).all()).results;
}

/** Returns the visible state of the platform: facts, bytes of the lake, histories. */
export async function state(): Promise<unknown> {
  const facts = await query(
    "SELECT s.key, o.variable, o.period, o.value FROM observations o JOIN series s ON s.id = o.series_id ORDER BY 1, 2, 3",
  );
  const lake: Record<string, string> = {};
  for (const { key } of (await hub.lake.list({ prefix: "clean/" })).objects) {
    const object = await hub.lake.get(key);
    lake[key] = sha256Hex(new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0)));
  }
  return { facts, lake, history: historyWithoutNumber(await hub.snapshots.get("history:milk-mx")) };
}
