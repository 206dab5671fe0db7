/** `almanac flows`, `release` and `retry` against a hub with fixed flows. */
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import type { FlowDetail } from "../../shared/api/flows.ts";
import { lastJson } from "../support/command.ts";
import { almanacHere } from "../support/command-here.ts";

const at = "2026-11-30T20:52:18.009Z";
const flow: FlowDetail = {
  ...{
    id: "5a98aec7",
    kind: "ingest",
    key: "ingest:raw/gold-csv/d8e4a32bda4c38c8-Daily.csv@61ed",
    state: "held",
    attempt: 1,
  },
  ...{
    params: { key: "raw/gold-csv/d8e4a32bda4c38c8-Daily.csv" },
    reason: "the limit is 5 %",
    stats: { ingest: 3 },
    boot: "b",
  },
  ...{ createdAt: at, startedAt: at, heartbeatAt: at, endedAt: at, steps: [] },
};
const failed: FlowDetail = {
  ...{ ...flow, id: "77aa", kind: "report", key: "report:gold:2026-11-30:1", state: "failed", params: {} },
  reason: "pages is down",
};
const promotion: FlowDetail = { ...failed, id: "99bb", kind: "promote", key: "promote:v1", state: "held" };
const rejected: FlowDetail = { ...promotion, id: "22dd", state: "failed", reason: "Rejected: p is 0.8" };
const flows = [flow, failed, promotion, rejected, { ...failed, id: "11cc", state: "done" as const, reason: null }];

/** Starts a hub with the flows. A restarted flow ends as `ended`. Returns its address and the restarts that it received. */
async function hubWith(
  ended: Partial<FlowDetail> = {},
): Promise<{ readonly url: string; readonly restarts: string[] }> {
  const restarts: string[] = [];
  const server = createServer(({ method, url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    if (method === "POST") restarts.push(pathname);
    const state = searchParams.get("state");
    const listed = { flows: flows.filter((one) => state === null || one.state === state) };
    const one = restarts.length > 0 ? { ...flow, state: "done", reason: null, ...ended } : flow;
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(pathname === "/flows" ? listed : one));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`, restarts };
}

test("lists flows with their reasons, and the command that continues each held or failed one", async () => {
  const { url } = await hubWith();
  const { code, out } = await almanacHere(["flows", "--url", url]);
  expect(code).toBe(0);
  expect(out).toMatch(/5a98aec7 +2026-11-30 20:52 +held +ingest +gold-csv: Daily\.csv/);
  expect(out).toContain(`5a98aec7 is held: the limit is 5 %\n  npm run almanac -- release 5a98aec7 --url ${url}\n`);
  expect(out).toContain(`77aa is failed: pages is down\n  npm run almanac -- retry 77aa --url ${url}\n`);
  // The reason of a held promotion contains the advice; no command releases it.
  expect(out).toContain("99bb is held: pages is down\n");
  expect(out).not.toContain("release 99bb");
  expect(out).toContain("22dd is failed: Rejected: p is 0.8");
  expect(out).not.toContain("retry 22dd");
  expect(out).not.toContain("11cc is");
});

test("--only lists the named states and refuses other texts", async () => {
  const { url } = await hubWith();
  const json = lastJson(await almanacHere(["flows", "--only", "held,failed", "--url", url, "--json"]));
  expect(json).toMatchObject({ flows: expect.arrayContaining([expect.objectContaining({ id: "77aa" })]) });
  expect((await almanacHere(["flows", "--only", "queued", "--url", url])).out).toBe("No flow is queued.\n");
  const wrong = await almanacHere(["flows", "--only", "open", "--url", url]);
  expect(wrong.err).toContain(
    "open is not a state of a flow. Expected one or more of queued, running, done, held, failed.",
  );
  expect(wrong.code).toBe(1);
});

test("release and retry send the request and print what was stored", async () => {
  const stored = { stats: { ingest: 3, observations: 27_380, observationsWritten: 25_000, revisions: 2_198 } };
  const { url, restarts } = await hubWith(stored);
  const { code, out } = await almanacHere(["release", "5a98aec7", "--url", url]);
  expect(out).toContain("Flow 5a98aec7 is done: 27,380 observations, 25,000 written, 2,198 of them revised\n");
  expect(code).toBe(0);
  expect((await almanacHere(["retry", "77aa", "--url", url])).code).toBe(0);
  expect(restarts).toEqual(["/flows/5a98aec7/release", "/flows/77aa/retry"]);
});

test("a flow that fails again is an error with its reason", async () => {
  const { url } = await hubWith({ state: "failed", reason: "the file is damaged" });
  const { code, err } = await almanacHere(["retry", "5a98aec7", "--url", url]);
  expect(err).toContain("Flow 5a98aec7 is failed: the file is damaged");
  expect(code).toBe(1);
});
