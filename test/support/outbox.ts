/** The outbox over a real connection, with a database in memory and a clock that the tests set. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Database } from "../../shared/db/database.ts";
import { listMessages, queueReport } from "../../shared/db/outbox.ts";
import * as schema from "../../shared/db/schema.ts";
import { saveSubscription } from "../../shared/db/subscriptions.ts";
import { success } from "../../shared/lib/result.ts";
import type { PublishedReport } from "../../shared/webhooks/message.ts";
import { webhookSecret } from "../../shared/webhooks/sign.ts";
import { deliverDue } from "../../workers/hub/outbox/deliver.ts";
import { D1InNode } from "./d1-in-node.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

export const started = new Date("2026-11-20T18:00:00.000Z");
export const secret = webhookSecret(new Uint8Array(32).fill(5));
export const report: PublishedReport = {
  forecast: "prices",
  title: "Prices",
  origin: "2026-11-20",
  revision: 1,
  publishedAt: started.toISOString(),
  version: "v1",
  summary: ["Prices rise."],
};

/** The database, the clock, the answers of the receiver by path, what it received, and its address. Each test begins with new ones. */
export const outbox = {
  db: newDatabase(),
  now: started,
  answers: {} as Record<string, Answer>,
  received: [] as Received[],
  base: "",
};

function newDatabase(): Database {
  // Drizzle reads only these members of a D1 database.
  return drizzle(new D1InNode() as unknown as Parameters<typeof drizzle>[0], { schema });
}

/** Starts the receiver for the tests of a file. */
export function useOutbox(): void {
  let receiver: Server;
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const path = request.url ?? "";
        outbox.received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
        const { status, headers = {}, text = "" } = outbox.answers[path] ?? { status: 204 };
        if (status > 0) response.writeHead(status, headers).end(text);
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    outbox.base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  beforeEach(() => {
    Object.assign(outbox, { db: newDatabase(), now: started, answers: {}, received: [] });
  });
}

export const variables = { allowLoopback: success(true) };
export const send = (url: string, init: RequestInit) => fetch(url, init);
export const deliver = (fetching: typeof send = send) =>
  deliverDue({ db: outbox.db, now: () => outbox.now, fetch: fetching, variables });

/** Sets the clock ahead. */
export function later(minutes: number): void {
  outbox.now = new Date(outbox.now.getTime() + minutes * 60_000);
}

export const queue = (of: Partial<PublishedReport> = {}) =>
  queueReport(outbox.db, { ...report, ...of }, outbox.now.toISOString());

/** Publishes a revision of the report, and queues its messages. */
export async function publish(revision: number): Promise<number> {
  const at = outbox.now.toISOString();
  await outbox.db.run(sql`INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, published_at)
    VALUES ('prices', '2026-11-20', 'champion', ${revision}, ${revision}, 1, 'publication', 'published', ${at}, ${at})`);
  return queue({ revision });
}

export function subscribe(id: string, forecasts: string[] | null = null) {
  const { db, base } = outbox;
  const createdAt = outbox.now.toISOString();
  const subscription = { id, url: `${base}/${id}`, secret, forecasts, base: "https://a.example", who: "t", createdAt };
  return saveSubscription(db, subscription, 100);
}

export const messages = (id: string) => listMessages(outbox.db, id, { state: undefined, after: null, limit: 100 });
export const paths = () => outbox.received.map(({ path }) => path);
