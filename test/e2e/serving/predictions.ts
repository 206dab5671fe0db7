/** Tests predictions at the hub's address, and their records. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { flowEnded } from "../../../trainer/flows.ts";
import { exampleRequests } from "../../../trainer/local/examples.ts";
import { runGeneratedClient } from "../../support/generated-client.ts";
import { descendants, upload } from "../../support/platform.ts";
import { simulatedPublications } from "../../support/publications.ts";
import { forecast, type ServableStory, servable } from "../../support/served.ts";
import { ask, path } from "./milk.ts";
import { hub, platform } from "./platform.ts";

async function serve(version: string, story: ServableStory): Promise<void> {
  const { model, cardBytes } = servable({ ...story, version });
  const address = { forecast: forecast.id, version };
  await hub.api.uploadArtefact({ ...address, artefact: "model.onnx", body: model });
  await hub.api.uploadArtefact({ ...address, artefact: "card.json", body: cardBytes });
  const digests = { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(cardBytes) } };
  await hub.api.registerModel({ ...address, body: digests });
  const { flow } = await hub.api.promoteModel({ ...address, body: { why: "a test", force: true } });
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
}

async function ingest(at: number): Promise<void> {
  const publication = simulatedPublications()[at];
  if (!publication) throw new Error("there is no such publication");
  const { flow } = await upload(hub, publication.name, publication.bytes);
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
}

/** Sends a request byte by byte, because clients correct or refuse a malformed one. Returns the status. */
function statusOf(head: string): Promise<number> {
  const { port } = new URL(hub.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(`${head}\r\nConnection: close\r\n\r\n`));
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("end", () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
    socket.on("error", reject);
  });
}

test("a malformed Host is refused, and never an internal error", async () => {
  for (const host of ["a b", "[", "%zz", "a:99999", "a/../b", "ex ample:80", "[::1", "<x>"]) {
    for (const path of [
      "/feeds",
      "/predict",
      "/predict?x=1",
      "/v2",
      "/docs",
      "/nowhere",
      "/feeds/sniim-milk/observations",
    ]) {
      const status = await statusOf(`GET ${path} HTTP/1.1\r\nHost: ${host}`);
      expect([host, path, status]).toEqual([host, path, 400]);
    }
  }
  expect(await statusOf("GET /health HTTP/1.1\r\nHost: localhost")).toBe(200);
});

test("the platform runs no debugger and offers no helpers of the simulators", async () => {
  const helpers = ["scheduled?cron=7+*+*+*+*", "email", "explorer", "platform-proxy", "r2/public/x", "r2/s3/x"];
  for (const path of helpers) expect((await hub.request(`/cdn-cgi/local/${path}`)).status).toBe(404);
  expect((await hub.request("/cdn-cgi/mf/scheduled")).status).toBe(404);
  const debuggers = descendants(platform.processes().pid).map((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("inspector"),
  );
  expect(debuggers).not.toContain(true);
});

test("the local platform has the cron triggers of wrangler.toml", () => {
  const [, crons = "[]"] = /^crons = (.+)$/m.exec(readFileSync("wrangler.toml", "utf8")) ?? [];
  expect(platform.processes().crons).toEqual(JSON.parse(crons));
  expect(platform.processes().crons).toContain("*/15 * * * *");
});

test("after a promotion all three protocols answer with the version", async () => {
  await ingest(0);
  await serve("v7.0", { bias: 1, card: { unit: "one" } });
  await expect.poll(async () => (await hub.request(path)).status, { timeout: 15_000 }).toBe(200);
  await expect.poll(async () => (await ask()).model.version, { timeout: 15_000 }).toBe("v7.0");
  const own = await ask();
  expect(own.predicted_price).toBeCloseTo(Number(own.naive) + 1, 4);
  const examples = await exampleRequests(hub, { forecast: forecast.id, state: platform.state });
  const [, mlflow, v2] = examples.map(({ answer }) => JSON.parse(answer));
  expect(mlflow).toEqual({ predictions: [own.predicted_price] });
  expect(v2).toMatchObject({ model_version: "v7.0", outputs: [{ data: [own.predicted_price] }, {}] });
});

/** A program that uses the generated client. Its types check the program against the document. */
const program = (url: string) => `
import { askPrediction, defaults, getFlow, inferModel, listFeeds } from "./client.ts";

defaults.baseUrl = ${JSON.stringify(url)};
const series = { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Autoservicios" };
const feeds = await listFeeds();
const answer = await askPrediction("milk-mx", { fields: series });
const unknown = await getFlow("nowhere");
const refused = await inferModel("milk-mx", { inputs: [] });
if (feeds.status !== 200 || answer.status !== 200 || unknown.status !== 404 || refused.status !== 400) throw new Error("unexpected answers");
const ids: string[] = feeds.data.feeds.map(({ id }) => id);
const version: string = answer.data.model.version;
console.log(JSON.stringify({ ids, version, naive: answer.data.naive, detail: unknown.data.detail, error: refused.data.error }));
`;

test("a client generated from /openapi.json compiles and calls the hub and predict", async () => {
  const document = await hub.api.getDocument();
  const output = JSON.parse(runGeneratedClient(document, program(hub.url)));
  const { feeds } = await hub.api.listFeeds();
  const { model, naive } = await ask();
  expect(output).toMatchObject({ ids: feeds.map(({ id }) => id), version: model.version, naive });
  expect([output.detail, output.error]).toEqual([
    expect.stringContaining("nowhere"),
    expect.stringContaining("missing"),
  ]);
});

async function recorded(requestId: string) {
  const { predictions } = await hub.api.listPredictions({ forecast: forecast.id, query: { limit: 10_000 } });
  return predictions.filter((one) => one.requestId === requestId);
}

/** Returns the counts of the feature of the last value, over all hours and bins. */
async function countedInputs(): Promise<number> {
  const query = { feature: "Precio_lag1", limit: 10_000 };
  const { inputs } = await hub.api.listInputs({ forecast: forecast.id, query });
  return inputs.reduce((sum, { count }) => sum + count, 0);
}

test("an answer is found by its request id, in all three protocols, and a repeated request counts once", async () => {
  const own = await ask();
  const send = (path: string, id: string, body?: unknown) =>
    hub.request(path, {
      headers: { "X-Request-Id": id, "Content-Type": "application/json" },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
  for (let times = 0; times < 3; times++) expect((await send(path, "sent-three-times")).status).toBe(200);
  await send("/predict", "two", { instances: [own.series, own.series] });
  await send(`/invocations/${forecast.id}`, "mlflow", { dataframe_records: [own.features] });
  expect((await send("/predict?Estado=nowhere", "refused")).status).toBe(422);
  await send(path, "last");
  await expect.poll(async () => (await recorded("last")).length, { timeout: 30_000 }).toBe(1);
  expect(await recorded("sent-three-times")).toMatchObject([
    {
      position: 0,
      version: own.model.version,
      protocol: "predict",
      series: Object.values(own.series),
      targetPeriod: own.target_period,
      prediction: own.predicted_price,
      features: own.features,
      given: [],
      hypothetical: false,
    },
  ]);
  expect((await recorded("two")).map(({ position }) => position)).toEqual([0, 1]);
  expect(await recorded("mlflow")).toMatchObject([
    { protocol: "mlflow", given: null, prediction: own.predicted_price },
  ]);
  expect(await recorded("refused")).toEqual([]);

  const before = await countedInputs();
  await send(path, "sent-three-times");
  await send(path, "after");
  await expect.poll(async () => (await recorded("after")).length, { timeout: 30_000 }).toBe(1);
  expect(await countedInputs()).toBe(before + 1);
});
