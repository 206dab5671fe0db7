/** Tests that recovery never blocks a start: every wait has a limit. */
import { EventEmitter } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { afterEach, expect, test } from "vitest";
import { openHub } from "../../../trainer/hub.ts";
import { recoverFlows } from "../../../trainer/local/platform.ts";
import { firing } from "../../../trainer/local/workers.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Starts a hub with this listener. */
async function hubWith(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no address");
  return openHub({ url: `http://127.0.0.1:${address.port}`, token: "t" });
}

const flow = (id: string, state: string) => ({
  id,
  kind: "ingest",
  key: `ingest:${id}`,
  state,
  attempt: 1,
  params: {},
  reason: null,
  boot: "",
  stats: null,
  createdAt: "2026-11-20T00:00:00.000Z",
  startedAt: null,
  heartbeatAt: null,
  endedAt: null,
});

/** Answers as a hub with two unfinished flows. `stateOf` returns the state of a flow, or null for a request that is never answered. */
function flowsOf(stateOf: (id: string) => string | null): RequestListener {
  return ({ url = "" }, answer) => {
    const json = (value: unknown) => {
      answer.writeHead(200, { "Content-Type": "application/json" });
      answer.end(JSON.stringify(value));
    };
    const { pathname, searchParams } = new URL(url, "http://hub.test");
    if (pathname === "/flows") {
      const isRunning = searchParams.get("state") === "running";
      return json({ flows: isRunning ? ["first", "second"].map((id) => flow(id, "running")) : [] });
    }
    const id = pathname.split("/").at(-1) ?? "";
    const state = stateOf(id);
    if (state !== null) json({ ...flow(id, state), steps: [] });
  };
}

const effects = { fire: async () => {}, now: () => new Date() };
const short = { jobMaxMs: 300, recoveryMaxMs: 600 };

test("a start waits for flows that end", async () => {
  const hub = await hubWith(flowsOf(() => "done"));
  expect(await recoverFlows(hub, effects, short)).toEqual({ ended: 2, running: 0 });
});

test("a start continues beside a flow that does not end, and counts it as running", async () => {
  const hub = await hubWith(flowsOf((id) => (id === "first" ? "running" : "done")));
  expect(await recoverFlows(hub, effects, short)).toEqual({ ended: 1, running: 1 });
});

test("a start continues if the hub stops answering about the flows", async () => {
  const hub = await hubWith(flowsOf(() => null));
  expect(await recoverFlows(hub, effects, short)).toEqual({ ended: 0, running: 2 });
});

test("a hub that answers nothing at all ends a start with a message", async () => {
  const hub = await hubWith(() => {});
  await expect(recoverFlows(hub, effects, short)).rejects.toThrow(`No hub responds at ${hub.url}.`);
});

test("an upkeep that fails, or does not end, ends a start with its reason", async () => {
  const hub = await hubWith(flowsOf(() => "done"));
  const fire = async () => {
    throw new Error("the upkeep failed");
  };
  await expect(recoverFlows(hub, { ...effects, fire }, short)).rejects.toThrow("the upkeep failed");
});

/** A runtime that receives jobs. */
class Runtime extends EventEmitter {
  readonly sent: unknown[] = [];
  send(message: unknown): boolean {
    this.sent.push(message);
    return true;
  }
}

const at = new Date("2026-11-20T10:07:00Z");

test("a job of the hub that does not end within its limit is reported with the limit, and leaves no listener", async () => {
  const runtime = new Runtime();
  const fire = firing(runtime, "/state/workers.log");
  await expect(fire("7 * * * *", at, 20)).rejects.toThrow(
    'The job "7 * * * *" of the hub failed: it did not end within 0.02 s. See /state/workers.log.',
  );
  expect(runtime.sent).toEqual([{ fire: 1, cron: "7 * * * *", timeMs: at.getTime() }]);
  expect([runtime.listenerCount("message"), runtime.listenerCount("exit")]).toEqual([0, 0]);
});

test("a job whose Workers end is reported at once, and an answer to another job does not end it", async () => {
  const runtime = new Runtime();
  const fire = firing(runtime, "/state/workers.log");
  const job = fire("7 * * * *", at, 60_000);
  runtime.emit("message", { event: "fired", id: 99, error: null });
  runtime.emit("exit");
  await expect(job).rejects.toThrow("the Workers ended");
  const next = fire("7 * * * *", at, 60_000);
  runtime.emit("message", { event: "fired", id: 2, error: null });
  await expect(next).resolves.toBeUndefined();
});
